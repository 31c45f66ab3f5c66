import { setTimeout as sleep } from 'node:timers/promises';
import { type Budget, createBudget, createBudgets } from '../../pace/budget.js';
import { RateLimited, type Urgency } from '../../port.js';
import type { Timings } from '../timings.js';

/** Keeps calls inside of what Telegram allows: a message or an edit waits a moment for its turn, or is told to come later. */
export interface Pace {
  /** Throws `RateLimited`. */
  turn(kind: 'message' | 'edit', chat: number, urgency: Urgency): Promise<void>;
  /** Telegram itself asked to wait with this chat. */
  pause(chat: number, ms: number): void;
}

/** For a group: 20 messages a minute, and about 20 edits. In any minute at most `burst` + `calls` are made. */
const GROUP_MINUTE = { burst: 8, calls: 12, reserved: 3 };
/** For any chat: about one a second, with short bursts. */
const CHAT_SECOND = { burst: 3, calls: 1, reserved: 1 };
/** For all of them: 30 a second. */
const ALL_SECOND = { burst: 10, calls: 20, reserved: 4 };
/** Longer waits are the caller's: it has other things to do. */
const WORTH_WAITING_MS = 1_500;

export function createPace({ minute, second }: Timings, now: () => number = () => performance.now()): Pace {
  const all = createBudget({ ...ALL_SECOND, perMs: second });
  const chats = createBudgets({ ...CHAT_SECOND, perMs: second });
  const groups = createBudgets({ ...GROUP_MINUTE, perMs: minute });

  /** Short limits are waited for, so that nothing is lost when a longer one then says no. */
  async function wait(budget: Budget, urgency: Urgency, scope: 'channel' | 'platform'): Promise<void> {
    for (let waited = 0; ; ) {
      const ms = budget.take(urgency, now());
      if (ms === 0) return;
      if (waited + ms > WORTH_WAITING_MS) throw new RateLimited(ms, scope);
      waited += ms;
      await sleep(ms);
    }
  }

  return {
    async turn(kind, chat, urgency) {
      await wait(chats(`${kind}:${chat}`), urgency, 'channel');
      await wait(all, urgency, 'platform');
      // Private chats have positive numbers.
      const ms = chat > 0 ? 0 : groups(`${kind}:${chat}`).take(urgency, now());
      if (ms > 0) throw new RateLimited(ms);
    },
    pause(chat, ms) {
      for (const kind of ['message', 'edit']) chats(`${kind}:${chat}`).pause(now() + ms);
    },
  };
}
