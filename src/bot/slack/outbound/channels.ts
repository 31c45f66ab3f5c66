import type { MessageRef, PlatformMemory } from '../../port.js';
import { within } from '../connection/rest.js';

/**
 * What a conversation is called. A direct message is named after its person, because only that can be posted to before it
 * exists; a channel whose id Slack changed keeps its first name here.
 */
export interface Channels {
  /** Slack's present id of what was asked for. */
  actual(asked: string): Promise<string>;
  /** What we call the conversation in which `user` did something. */
  asked(actual: string, user: string): Promise<string>;
  /** Slack gave a channel another id: private ones that are shared. */
  moved(from: string, to: string): Promise<void>;
}

const PERSON = /^[UW]/;
const DIRECT = /^D/;
/** A click waits for this: a slow database must not be in its way. */
const PATIENCE_MS = 300;

export function createChannels(memory: PlatformMemory): Channels {
  const known = new Map<string, string>();
  async function look(key: string, id: string): Promise<string> {
    const before = known.get(key);
    if (before !== undefined) return before;
    const kept = within(memory.recall(key), PATIENCE_MS).catch(() => undefined);
    const found = (await kept) ?? id;
    known.set(key, found);
    return found;
  }
  return {
    actual: async (asked) => (PERSON.test(asked) ? asked : look(`moved:${asked}`, asked)),
    asked: async (actual, user) => (DIRECT.test(actual) ? user : look(`was:${actual}`, actual)),
    async moved(from, to) {
      const first = known.get(`was:${from}`) ?? (await memory.recall(`was:${from}`)) ?? from;
      known.set(`moved:${first}`, to).set(`was:${to}`, first);
      await Promise.all([memory.remember(`moved:${first}`, to), memory.remember(`was:${to}`, first)]);
    },
  };
}

/** The id of a message that stands in `actual`. Its `ts` is unique only there, and never a number. */
export function messageIn(asked: string, actual: string, ts: string): string {
  return PERSON.test(asked) && actual !== asked ? `${actual}/${ts}` : ts;
}

/** Where a message of ours is: `channel` only when it is not the one that was asked for. */
export function placeOf({ message }: Pick<MessageRef, 'message'>): { channel?: string; ts: string } {
  const [first = '', second] = message.split('/');
  return second === undefined ? { ts: first } : { channel: first, ts: second };
}
