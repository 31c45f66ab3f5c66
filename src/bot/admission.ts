import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Engine } from '../engine/engine.js';
import { UserError } from '../engine/model/errors.js';
import type { JsonObject } from '../engine/model/json.js';
import type { Principal } from '../engine/model/person.js';
import type { Log } from '../engine/ports.js';
import { oneLine } from './cards/words.js';
import type { ChatStore } from './chat-store.js';
import { type GroupRoles, principalOf, rolesOf } from './identity.js';
import type { ChatInput, ChatPlatform, Doubt, Standing } from './port.js';

export interface AdmissionOptions {
  engine: Pick<Engine, 'people' | 'refused'>;
  store: Pick<ChatStore, 'knows'>;
  platforms: ReadonlyMap<string, Pick<ChatPlatform, 'standing'>>;
  groups: readonly GroupRoles[];
  log: Log;
}

/** What an input wants: to look, to decide a question, or to change something else. */
export type Intent = 'look' | 'decide' | 'change';

const DOUBTS: Record<Doubt, string> = {
  guest: 'Guests cannot start, change or approve anything here',
  bot: 'Bots cannot use Reviver',
  external: 'People from other organisations cannot use Reviver',
  external_channel: 'This channel is shared with another organisation, so nothing can be started or approved in it',
  anonymous:
    'Telegram does not tell who you are while you post as the group: switch off "Remain anonymous", or press a button',
  deactivated: 'This account is deactivated',
  unreachable: 'It could not be checked who you are, because the platform does not answer',
};

/** These may not even look. */
const SHUT_OUT: ReadonlySet<Doubt> = new Set(['bot', 'external', 'anonymous', 'deactivated']);

const A_MINUTE = { points: 30, duration: 60 };

/**
 * Decides who an input comes from and whether it may be heard. Fails closed: whoever is not known, or whom the platform
 * does not vouch for, is refused and the refusal recorded. Throws `UserError` for that person to read.
 */
export function createAdmission({ engine, store, platforms, groups, log }: AdmissionOptions) {
  const limiter = new RateLimiterMemory(A_MINUTE);

  async function refuse(what: string, input: ChatInput, message: string, who?: Principal): Promise<never> {
    const facts = { ...factsOf(input), reason: oneLine(message, 200) };
    await engine
      .refused(what, who?.name ?? `${input.origin.platform}:${oneLine(input.user, 80)}`, facts)
      .catch((error: unknown) => log('error', 'chat:refusal_not_recorded', { error: String(error) }));
    throw new UserError('forbidden', message);
  }

  /** More than anybody types. Stopping a recovery is never held back. */
  async function withinPace(input: ChatInput): Promise<void> {
    if (/^cancel\b/i.test(input.text)) return;
    const key = `${input.origin.platform}:${input.user}`;
    const spent = await limiter.consume(key).then(
      () => undefined,
      (rejected: { msBeforeNext?: number }) => rejected.msBeforeNext ?? 60_000,
    );
    if (spent === undefined) return;
    const seconds = Math.ceil(spent / 1_000);
    throw new UserError(
      'too_many',
      `You sent more than ${A_MINUTE.points} commands within a minute. Nothing was done with this one; go on in ${seconds} s.`,
    );
  }

  async function ownCard(input: ChatInput, who: Principal): Promise<void> {
    // While the database is away nothing can be decided anyway.
    if (!input.clicked || (await store.knows(input.clicked).catch(() => true))) return;
    await refuse(
      'chat.stale_click',
      input,
      'That card is an old copy, and its buttons count no more. Nothing changed; use the card that is live, or type the command.',
      who,
    );
  }

  return async function admit(input: ChatInput, intent: Intent): Promise<Principal> {
    await withinPace(input);
    const standing = await standingOf(input, platforms);
    const byGroup = standing.sound ? rolesOf(input.origin.platform, standing.groups, groups) : [];
    const who = principalOf(input, engine.people(), byGroup);
    if (!standing.sound && (intent !== 'look' || SHUT_OUT.has(standing.doubt)))
      return await refuse('chat.not_vouched_for', input, `${DOUBTS[standing.doubt]}. Nothing was done.`, who);
    if (!who) {
      const { platform } = input.origin;
      const message = `Reviver does not know you here, so nothing was done. Someone who keeps its configuration can add you: people, ${platform}: ${oneLine(input.user, 80)}.`;
      return await refuse('chat.unknown_person', input, message);
    }
    if (intent === 'decide') await ownCard(input, who);
    return who;
  };
}

async function standingOf(input: ChatInput, platforms: AdmissionOptions['platforms']): Promise<Standing> {
  const platform = platforms.get(input.origin.platform);
  if (!platform?.standing) return { sound: true, groups: [] };
  return await platform.standing(input).catch((): Standing => ({ sound: false, doubt: 'unreachable' }));
}

/** For the audit: where from and what for, never what else was written. */
export function factsOf(input: ChatInput): JsonObject {
  const { platform, channel } = input.origin;
  const command = oneLine(input.text.split(/\s/)[0] ?? '', 40);
  const message = input.clicked ? { message: input.clicked.message } : {};
  return { ...input.facts, platform, channel, clicked: input.clicked !== undefined, command, ...message };
}
