import { UserError } from '../../engine/model/errors.js';
import type { Log } from '../../engine/ports.js';
import type { ChatStore, ChatView } from '../chat-store.js';
import { type ChatPlatform, RateLimited } from '../port.js';
import type { Bell } from './bell.js';
import type { Draw, Drawing } from './drawing.js';
import { ClaimLost, showView } from './show-view.js';

const LEASE_MS = 60_000;
/** After this long a pass gives back what it has not begun, well before the lease ends. */
const PASS_MS = 30_000;
const BATCH = 100;
const AT_ONCE = 4;
const MAX_BACKOFF_MS = 60_000;

export interface LoopParts {
  platform: ChatPlatform;
  store: ChatStore;
  /** By the kind before the colon of a subject. */
  draws: ReadonlyMap<string, Draw>;
  bell: Bell;
  /** Something was seen that others show, or must be shown elsewhere. */
  onDrawn(subject: string, drawing: Drawing): Promise<void>;
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

/** One batch: people first, then ends, then progress. Answers how many views were due. */
async function pass(parts: LoopParts, signal: AbortSignal): Promise<number> {
  const views = await parts.store.claimViews(parts.platform.name, LEASE_MS, BATCH);
  if (views.length === 0) return 0;
  const deadline = performance.now() + PASS_MS;
  const quiet = new Set<string>();
  const drawn = await drawAll(views, parts);
  const queue = [...drawn].sort((a, b) => order(a.drawing) - order(b.drawing));
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const late = signal.aborted || performance.now() > deadline || quiet.has(next.view.channel);
      if (late) await parts.store.releaseView(next.view, { nextMs: 0, quietMs: 0, failures: next.view.failures });
      else if ((await serve(next, parts)) === 'rate_limited') quiet.add(next.view.channel);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return views.length;
}

interface Drawn {
  view: ChatView;
  /** Or why there is none. */
  drawing: Drawing | Error;
}

function order(drawing: Drawing | Error): number {
  return drawing instanceof Error ? 9 : drawing.urgency;
}

/** Each subject is drawn once, also when several messages show it. */
async function drawAll(views: ChatView[], { draws }: LoopParts): Promise<Drawn[]> {
  const drawings = new Map<string, Drawing | Error>();
  const subjects = [...new Set(views.map((view) => view.subject))];
  const work = async () => {
    for (let subject = subjects.shift(); subject; subject = subjects.shift())
      drawings.set(subject, await drawOne(subject, draws));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return views.map((view) => ({ view, drawing: drawings.get(view.subject) ?? new Error('not drawn') }));
}

async function drawOne(subject: string, draws: ReadonlyMap<string, Draw>): Promise<Drawing | Error> {
  const [kind = '', id = ''] = subject.split(':');
  const draw = draws.get(kind);
  if (!draw) return new Error(`nothing draws ${subject}`);
  return draw(Number(id)).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}

async function serve({ view, drawing }: Drawn, parts: LoopParts): Promise<'done' | 'failed' | 'rate_limited'> {
  const { platform, store, bell } = parts;
  try {
    if (drawing instanceof Error) throw drawing;
    const touched = await showView(view, drawing, platform, store);
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
  await store.quiet(view, retryAfterMs);
  await store.releaseView(view, { nextMs: 0, quietMs: retryAfterMs, failures: view.failures });
  bell.ringIn(retryAfterMs);
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
