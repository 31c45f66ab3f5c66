import { z } from 'zod';
import type { EscalationView } from '../engine/engine.js';
import { ROLES } from '../engine/model/person.js';
import { callCard } from './cards/escalation-card.js';
import { oneLine } from './cards/words.js';
import type { ChatStore, OutboxRow, Place } from './chat-store.js';
import { everywhere, type IncidentChannels } from './live/audience.js';
import { recoverySubject } from './live/drawing.js';
import type { Call, Mentions } from './live/mentions.js';
import { GiveUp, type Send } from './outbox.js';
import { type Card, type ChatPlatform, type Language, type MessageRef, ViewLost } from './port.js';
import { retold, wordsOf } from './words/languages.js';

const chatMessage = z.object({
  text: z.string(),
  /** Posted in the thread of this recovery, wherever it is shown. */
  recovery: z.number().int().optional(),
  /** Else in this channel of this platform; a missing channel means the incidents channel, a missing platform all. */
  platform: z.string().optional(),
  channel: z.string().optional(),
  /** Else in the channel of this name, on every platform that has it. */
  to: z.string().optional(),
  /** Who shall notice it. */
  call: z.object({ role: z.enum(ROLES), people: z.array(z.string()), asker: z.string().optional() }).optional(),
});

/** `reason`: one that came to an escalation that was there already. */
const chatCall = z.object({ escalation: z.int(), reason: z.string().optional(), code: z.string().optional() });

const chatIncident = z.object({ incident: z.number().int() });

/** After so many attempts a message whose recovery is shown nowhere goes to the incidents channels. */
const PATIENCE = 5;
/** About an hour: then it does without the places that still do not show its recovery. */
const MOST_PATIENCE = 60;

export interface ChatEffectsOptions {
  platforms: readonly ChatPlatform[];
  store: ChatStore;
  incidents: IncidentChannels;
  /** Channels of the configuration by name, each by platform. */
  channels?: Readonly<Record<string, IncidentChannels>>;
  incidentChanged(id: number): void;
  mentions: Mentions;
  /** Where a recovery must be seen now. */
  placesOf(recovery: number): Promise<Place[]>;
  language(platform: string, channel: string): Language;
  escalation(id: number): Promise<EscalationView>;
  /** Whom an escalation calls by name. */
  callOf?(escalation: Pick<EscalationView, 'code' | 'recoveryId'>): Promise<Call>;
  now(): Date;
}

/**
 * The effects that chat sends: `chat.message` says something, `chat.call` calls people, `chat.incident` posts an incident
 * or draws it anew.
 */
export function chatEffects(options: ChatEffectsOptions): Map<string, Send> {
  return new Map<string, Send>([
    ['chat.message', createSendMessage(options)],
    ['chat.call', createSendCall(options)],
    ['chat.incident', async (row) => options.incidentChanged(read(chatIncident, row).incident)],
  ]);
}

interface Target extends Place {
  thread?: MessageRef;
}

function createSendMessage(options: ChatEffectsOptions): Send {
  const tell = createTell(options);
  return async (row) => {
    const payload = read(chatMessage, row);
    await tell(row, payload, 'everywhere', ({ platform, channel }) => {
      const text = retold(wordsOf(options.language(platform, channel)), payload.text);
      return { tone: 'neutral', title: oneLine(text, 2_000), lines: [], buttons: [] };
    });
  };
}

/** One place that shows the call is enough: who waits for the others calls other people meanwhile. */
function createSendCall(options: ChatEffectsOptions): Send {
  const tell = createTell(options);
  return async (row) => {
    const { escalation: id, reason, code } = read(chatCall, row);
    const escalation = await options.escalation(id);
    const { recoveryId } = escalation;
    const call = await options.callOf?.({ ...escalation, code: code ?? escalation.code });
    const about = { ...(recoveryId === null ? {} : { recovery: recoveryId }), ...(call ? { call } : {}) };
    const shown = { ...escalation, reason: reason ?? escalation.reason };
    await tell(row, about, 'somewhere', ({ platform, channel }) =>
      callCard(shown, options.now(), wordsOf(options.language(platform, channel))),
    );
  };
}

type About = Pick<z.output<typeof chatMessage>, 'recovery' | 'platform' | 'channel' | 'to'> & {
  call?: Call | undefined;
};
type Tell = (
  row: OutboxRow,
  about: About,
  reach: 'everywhere' | 'somewhere',
  cardFor: (target: Target) => Card,
) => Promise<void>;

/** Each place gets it once, also when another place fails and the whole is repeated. */
function createTell({
  platforms,
  store,
  incidents,
  channels: byChannel = {},
  mentions,
  placesOf,
}: ChatEffectsOptions): Tell {
  const byName = new Map(platforms.map((platform) => [platform.name, platform]));

  /** `missing`: there are places that are to show its recovery, and do not yet. */
  async function targets({ attempts }: OutboxRow, payload: About): Promise<{ places: Target[]; missing: boolean }> {
    if (payload.recovery === undefined) return { places: channels(payload), missing: false };
    const { threads, missing } = await threadsOf(payload.recovery, payload.call !== undefined);
    if (threads.length === 0 && attempts > PATIENCE) return { places: channels(payload), missing: false };
    return { places: threads, missing: threads.length === 0 || (missing && attempts <= MOST_PATIENCE) };
  }

  function channels({ platform, channel, to }: About): Target[] {
    if (to !== undefined) {
      const named = Object.hasOwn(byChannel, to) ? everywhere(byChannel[to] ?? {}) : [];
      if (named.length === 0) throw new GiveUp(`no channel "${to}" in the configuration`);
      return named.filter((place) => byName.has(place.platform));
    }
    if (channel === undefined)
      return everywhere(incidents).filter((place) => platform === undefined || place.platform === platform);
    return [...byName.keys()]
      .filter((name) => platform === undefined || name === platform)
      .map((name) => ({ platform: name, channel }));
  }

  /** Whoever is called is called wherever the recovery must be seen, also where its card has not come yet. */
  async function threadsOf(recovery: number, calls: boolean): Promise<{ threads: Target[]; missing: boolean }> {
    const subject = recoverySubject(recovery);
    if (calls) await store.show(subject, await placesOf(recovery));
    const views = (await store.viewsOf(subject)).filter((view) => byName.has(view.platform));
    const threads = views.flatMap(({ platform, channel, message }) =>
      message === null ? [] : [{ platform, channel, thread: { platform, channel, message } }],
    );
    return { threads, missing: threads.length < views.length };
  }

  async function postOnce(target: Target, card: Card, key: string, call: Call | undefined): Promise<void> {
    const platform = byName.get(target.platform);
    if (!platform || (await store.posted(target.platform, key)) !== undefined) return;
    const mention = call ? mentions(call, target.platform) : [];
    const { message } = await platform.post(target.channel, card, {
      key,
      urgency: 0,
      ...(mention.length > 0 ? { mention } : {}),
      ...(target.thread ? { thread: target.thread } : {}),
    });
    await store.recordPost(target.platform, key, message);
  }

  return async (row, about, reach, cardFor) => {
    const { places, missing } = await targets(row, about);
    const outcomes = await Promise.allSettled(
      places.map((place) => postOnce(place, cardFor(place), `outbox:${row.key}:${place.channel}`, about.call)),
    );
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    if (reach === 'somewhere' && failures.length < places.length && row.attempts > PATIENCE) return;
    const [again] = failures.filter((reason) => !(reason instanceof ViewLost));
    if (again !== undefined) throw again;
    if (failures.length > 0 && failures.length === places.length) throw new GiveUp('the channel or thread is gone');
    if (missing) throw new Error(`recovery ${about.recovery} is not shown everywhere yet`);
  };
}

function read<S extends z.ZodType>(schema: S, row: OutboxRow): z.output<S> {
  const parsed = schema.safeParse(row.payload);
  if (!parsed.success) throw new GiveUp(`bad payload: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
