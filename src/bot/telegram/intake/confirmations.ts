import { z } from 'zod';
import type { PlatformMemory } from '../../port.js';
import type { Timings } from '../timings.js';

export interface Press {
  user: number;
  chat: number;
  message: number;
  data: string;
}

/** Presses that ask first: courtesy, never a control. */
export interface Confirmations {
  /** Whether this press confirms an earlier one; else it is the one to be confirmed. `id`: of the update. */
  confirms(press: Press, id: string): Promise<boolean>;
}

/** The press that waits for its second one; `update`: the id of its update. */
const note = z.object({ at: z.number(), update: z.string(), data: z.string() });
type Note = z.output<typeof note>;

/** A double tap is one press. */
const DOUBLE_TAP_MS = 700;

/** Kept where every process sees it, for the second press may come to another one. */
export function createConfirmations(
  memory: PlatformMemory,
  { confirmWithin }: Timings,
  now: () => number = Date.now,
): Confirmations {
  return {
    async confirms({ user, chat, message, data }, id) {
      const key = `confirm:${user}:${chat}:${message}`;
      const first = read(await memory.recall(key).catch(() => undefined));
      // The same update again is no second press.
      if (first?.update === id) return false;
      const passedMs = first?.data === data ? now() - first.at : Number.POSITIVE_INFINITY;
      if (passedMs < DOUBLE_TAP_MS) return false;
      const confirmed = passedMs <= confirmWithin;
      const press: Note = { at: now(), update: id, data };
      // Whoever cannot be asked is not held up: a command on its way out of trouble is worth more than a question.
      const written = await memory.remember(key, confirmed ? NONE : JSON.stringify(press)).then(
        () => true,
        () => false,
      );
      return confirmed || !written;
    },
  };
}

const NONE = '';

/** A note that cannot be read is none: the press is asked about once more. */
function read(kept: string | undefined): Note | undefined {
  try {
    return note.parse(JSON.parse(kept || 'null'));
  } catch {
    return undefined;
  }
}
