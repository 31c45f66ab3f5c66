import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Engine } from '../engine/engine.js';
import type { JsonObject } from '../engine/model/json.js';
import type { Principal } from '../engine/model/person.js';
import type { Log } from '../engine/ports.js';
import { oneLine } from './cards/words.js';
import type { ChatStore } from './chat-store.js';
import { Mistake, type Say } from './commands/mistake.js';
import { type GroupRoles, principalOf, rolesOf } from './identity.js';
import type { ChatInput, ChatPlatform, Doubt, MessageRef, Standing } from './port.js';

export interface AdmissionOptions {
  engine: Pick<Engine, 'people' | 'refused'>;
  store: Pick<ChatStore, 'knows'>;
  platforms: ReadonlyMap<string, Pick<ChatPlatform, 'standing'>>;
  groups: readonly GroupRoles[];
  log: Log;
}

/** What an input wants: to look, to decide a question, or to change something else. */
export type Intent = 'look' | 'decide' | 'change';

/** These may not even look. */
const SHUT_OUT: ReadonlySet<Doubt> = new Set(['bot', 'external', 'anonymous', 'deactivated']);

/** Between a card's appearance and the note that it is ours; somebody may be that quick. */
const JUST_POSTED_MS = 500;

const A_MINUTE = { points: 30, duration: 60 };
/** Stopping a recovery is held back only where no hand can be at work. */
const CANCELS = { points: 120, duration: 60 };

/**
 * Decides who an input comes from and whether it may be heard. Fails closed: whoever is not known, or whom the platform
 * does not vouch for, is refused and the refusal recorded. Throws `Mistake` for that person to read.
 */
export function createAdmission({ engine, store, platforms, groups, log }: AdmissionOptions) {
  const limiter = new RateLimiterMemory(A_MINUTE);
  const cancels = new RateLimiterMemory(CANCELS);

  async function refuse(what: string, input: ChatInput, say: Say, who?: Principal): Promise<never> {
    const refusal = new Mistake('forbidden', say);
    const facts = { ...factsOf(input), reason: oneLine(refusal.message, 200) };
    await engine
      .refused(what, who?.name ?? `${input.origin.platform}:${oneLine(input.user, 80)}`, facts)
      .catch((error: unknown) => log('error', 'chat:refusal_not_recorded', { error: String(error) }));
    throw refusal;
  }

  /** More than anybody types; what else was said does not count against stopping a recovery. */
  async function withinPace(input: ChatInput): Promise<void> {
    const stops = /^cancel\b/i.test(input.text);
    const key = `${input.origin.platform}:${input.user}`;
    const spent = await (stops ? cancels : limiter).consume(key).then(
      () => undefined,
      (rejected: { msBeforeNext?: number }) => rejected.msBeforeNext ?? 60_000,
    );
    if (spent === undefined) return;
    const seconds = Math.ceil(spent / 1_000);
    throw new Mistake('too_many', ({ admission }) => admission.tooMany((stops ? CANCELS : A_MINUTE).points, seconds));
  }

  async function ownCard(input: ChatInput, who: Principal): Promise<void> {
    if (!input.clicked || (await isOurs(input.clicked)) || (await isOurs(input.clicked, JUST_POSTED_MS))) return;
    await refuse('chat.stale_click', input, ({ admission }) => admission.staleCard, who);
  }

  /** While the database is away nothing can be decided anyway. */
  async function isOurs(message: MessageRef, afterMs = 0): Promise<boolean> {
    if (afterMs > 0) await delay(afterMs);
    return await store.knows(message).catch(() => true);
  }

  return async function admit(input: ChatInput, intent: Intent): Promise<Principal> {
    await withinPace(input);
    const standing = await standingOf(input, platforms);
    const byGroup = standing.sound ? rolesOf(input.origin.platform, standing.groups, groups) : [];
    const who = principalOf(input, engine.people(), byGroup);
    if (!standing.sound && (intent !== 'look' || SHUT_OUT.has(standing.doubt))) {
      const { doubt } = standing;
      const say: Say = ({ admission }) => admission.nothingDone(admission.doubts[doubt]);
      return await refuse('chat.not_vouched_for', input, say, who);
    }
    if (!who) {
      const user = oneLine(input.user, 80);
      const say: Say = ({ admission }) => admission.unknownPerson(input.origin.platform, user);
      return await refuse('chat.unknown_person', input, say);
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

/** For the audit: the same, with the digest of all that was written, since that may hold a secret. */
export function heardFacts(input: ChatInput): JsonObject {
  return { ...factsOf(input), request: input.id, digest: sha256(input.text) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** For the audit: where from and what for, never what else was written. */
export function factsOf(input: ChatInput): JsonObject {
  const { platform, channel } = input.origin;
  const command = oneLine(input.text.split(/\s/)[0] ?? '', 40);
  const message = input.clicked ? { message: input.clicked.message } : {};
  return { ...input.facts, platform, channel, clicked: input.clicked !== undefined, command, ...message };
}
