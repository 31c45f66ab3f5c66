import { UserError } from '../../engine/model/errors.js';
import type { Log } from '../../engine/ports.js';
import type { ChatStore, ChatView } from '../chat-store.js';
import { type ChatPlatform, type Language, RateLimited } from '../port.js';
import type { Bell } from './bell.js';
import type { Draw, Drawing } from './drawing.js';
import type { Mentions } from './mentions.js';
import { ClaimLost, showView } from './show-view.js';

const LEASE_MS = 60_000;
/** After this long a pass gives back what it has not begun, well before the lease ends. */
const PASS_MS = 30_000;
const BATCH = 100;
const DRAWINGS_AT_ONCE = 4;
const CHANNELS_AT_ONCE = 8;
/** What waits for its turn looks again after this long: it may have become urgent meanwhile. */
const LOOK_AGAIN_MS = 2_000;
/** Soon enough that all is right again shortly after an outage, seldom enough not to stand in its way. */
const MAX_BACKOFF_MS = 10_000;

export interface LoopParts {
  platform: ChatPlatform;
  store: ChatStore;
  /** By the kind before the colon of a subject. */
  draws: ReadonlyMap<string, Draw>;
  bell: Bell;
  mentions: Mentions;
  /** Of a channel. */
  language(channel: string): Language;
  /** Something was seen that others show, or must be shown elsewhere. */
  onDrawn(subject: string, drawing: Drawing): Promise<void>;
  /** A subject is shown on a platform for the first time. */
  onPosted?(subject: string, platform: string): void;
  log: Log;
  pollMs: number;
}

/** Keeps the views of one platform as they should be, until `signal` aborts. Never throws. */
export async function runPlatformLoop(parts: LoopParts, signal: AbortSignal): Promise<void> {
  let broken = false;
  let reconciled = false;
  while (!signal.aborted) {
    let full = false;
    try {
      if (!reconciled) await parts.store.touchOpen(parts.platform.name);
      reconciled = true;
      full = (await pass(parts, signal)) === BATCH;
      broken = false;
    } catch (error) {
      if (!broken) parts.log('warn', 'chat:views_unavailable', { platform: parts.platform.name, error: String(error) });
      broken = true;
    }
    if (!full) await parts.bell.wait(parts.pollMs, signal);
  }
}

/** One batch. Answers how many views were due. */
async function pass(parts: LoopParts, signal: AbortSignal): Promise<number> {
  const views = await parts.store.claimViews(parts.platform.name, LEASE_MS, BATCH);
  if (views.length === 0) return 0;
  const deadline = performance.now() + PASS_MS;
  const drawn = await drawAll(views, parts);
  const channels = byChannel(drawn);
  await atOnce(CHANNELS_AT_ONCE, channels, (channel) => serveChannel(channel, parts, deadline, signal));
  return views.length;
}

interface Drawn {
  view: ChatView;
  /** Or why there is none. */
  drawing: Drawing | Error;
}

/** People first, then ends, then progress; the channels in which people are needed before the others. */
function byChannel(drawn: Drawn[]): Drawn[][] {
  const channels = new Map<string, Drawn[]>();
  for (const each of [...drawn].sort((a, b) => order(a.drawing) - order(b.drawing))) {
    const queue = channels.get(each.view.channel);
    if (queue) queue.push(each);
    else channels.set(each.view.channel, [each]);
  }
  return [...channels.values()];
}

function order(drawing: Drawing | Error): number {
  return drawing instanceof Error ? 9 : drawing.urgency;
}

/** One message after the other. What is asked to wait holds back only what is no more urgent. */
async function serveChannel(queue: Drawn[], parts: LoopParts, deadline: number, signal: AbortSignal): Promise<void> {
  let limitedFrom = Number.POSITIVE_INFINITY;
  for (const next of queue) {
    const late = signal.aborted || performance.now() > deadline || order(next.drawing) >= limitedFrom;
    if (late) await parts.store.releaseView(next.view, { nextMs: 0, quietMs: 0, failures: next.view.failures });
    else if ((await serve(next, parts)) === 'rate_limited') limitedFrom = order(next.drawing);
  }
}

/** Each subject is drawn once for a language, also when several messages show it. */
async function drawAll(views: ChatView[], { draws, language }: LoopParts): Promise<Drawn[]> {
  const drawings = new Map<string, Promise<Drawing | Error>>();
  const drawnOf = ({ subject, channel }: ChatView): Promise<Drawing | Error> => {
    const key = `${language(channel)}:${subject}`;
    const drawing = drawings.get(key) ?? drawOne(subject, language(channel), draws);
    drawings.set(key, drawing);
    return drawing;
  };
  const drawn: Drawn[] = [];
  await atOnce(DRAWINGS_AT_ONCE, views, async (view) => {
    drawn.push({ view, drawing: await drawnOf(view) });
  });
  return drawn;
}

async function atOnce<Item>(lanes: number, items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = [...items];
  const lane = async () => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function drawOne(
  subject: string,
  language: Language,
  draws: ReadonlyMap<string, Draw>,
): Promise<Drawing | Error> {
  const [kind = '', id = ''] = subject.split(':');
  const draw = draws.get(kind);
  if (!draw) return new Error(`nothing draws ${subject}`);
  return draw(Number(id), language).catch((error: unknown) =>
    error instanceof Error ? error : new Error(String(error)),
  );
}

async function serve({ view, drawing }: Drawn, parts: LoopParts): Promise<'done' | 'failed' | 'rate_limited'> {
  const { platform, store, bell } = parts;
  try {
    if (drawing instanceof Error) throw drawing;
    const onPosted = () => parts.onPosted?.(view.subject, platform.name);
    const touched = await showView(view, drawing, platform, store, parts.mentions, onPosted);
    await parts.onDrawn(view.subject, drawing);
    const quietMs = touched ? platform.editIntervalMs : 0;
    await store.releaseView(view, { nextMs: drawing.nextMs, quietMs, failures: 0 });
    if (quietMs > 0) bell.ringIn(quietMs);
    return 'done';
  } catch (error) {
    if (error instanceof ClaimLost) return 'failed';
    if (error instanceof RateLimited) return await waitAsAsked(view, error, parts);
    return await tryLater(view, error, parts);
  }
}

async function waitAsAsked(
  view: ChatView,
  { retryAfterMs }: RateLimited,
  { store, bell }: LoopParts,
): Promise<'rate_limited'> {
  const quietMs = Math.min(retryAfterMs, LOOK_AGAIN_MS);
  await store.releaseView(view, { nextMs: 0, quietMs, failures: view.failures });
  bell.ringIn(quietMs);
  return 'rate_limited';
}

async function tryLater(view: ChatView, error: unknown, { store, log, bell }: LoopParts): Promise<'failed'> {
  const gone = error instanceof UserError && error.code === 'not_found';
  const failures = view.failures + 1;
  const delayMs = Math.min(MAX_BACKOFF_MS, 1_000 * 2 ** Math.min(view.failures, 10));
  if (failures === 1 || gone)
    log('warn', 'chat:view_failed', { subject: view.subject, platform: view.platform, error: String(error) });
  await store.releaseView(view, { nextMs: gone ? null : delayMs, quietMs: 0, failures });
  bell.ringIn(delayMs);
  return 'failed';
}
