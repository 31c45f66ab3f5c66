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
      const [at = '', earlier = '', first = ''] = ((await memory.recall(key).catch(() => undefined)) ?? '').split(' ');
      const passedMs = now() - Number(at);
      // The same update again is no second press.
      if (earlier === id) return false;
      const confirmed = first === data && passedMs >= DOUBLE_TAP_MS && passedMs <= confirmWithin;
      if (!confirmed && first === data && passedMs < DOUBLE_TAP_MS) return false;
      // Whoever cannot be asked is not held up: a command on its way out of trouble is worth more than a question.
      const written = await memory.remember(key, confirmed ? '' : `${now()} ${id} ${data}`).then(
        () => true,
        () => false,
      );
      return confirmed || !written;
    },
  };
}
