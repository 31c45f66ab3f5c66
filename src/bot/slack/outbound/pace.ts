import { setMaxListeners } from 'node:events';
import { type Budget, createBudget, createBudgets } from '../../pace/budget.js';
import { RateLimited, type Urgency } from '../../port.js';
import { rest } from '../connection/rest.js';

/** What Slack counts on its own: posts, edits, and messages that one person sees. */
export type Act = 'post' | 'edit' | 'whisper';

/** Keeps us within Slack's limits, and leaves room for what people wait for. */
export interface Pace {
  /** Resolves when it may be done. Throws `RateLimited` when that would take longer than one waits in place. */
  turn(act: Act, channel: string, urgency: Urgency): Promise<void>;
  /** Slack asked to wait: with this act, in this channel. */
  pause(act: Act, channel: string, ms: number): void;
  stop(): void;
}

/**
 * chat.postMessage: 1 a second in each channel with short bursts, and several hundred a minute in the workspace.
 * chat.update: 50 a minute in the whole workspace, so at most 50 in any minute here. chat.postEphemeral: 100 a minute.
 */
export function createPace(minuteMs: number, now: () => number = () => performance.now()): Pace {
  const stopping = new AbortController();
  // Each that waits listens.
  setMaxListeners(0, stopping.signal);
  const posts = createBudgets({ burst: 3, calls: 60, perMs: minuteMs, reserved: 1 });
  const allPosts = createBudget({ burst: 30, calls: 200, perMs: minuteMs, reserved: 5 });
  const edits = createBudget({ burst: 10, calls: 40, perMs: minuteMs, reserved: 5 });
  const whispers = createBudget({ burst: 30, calls: 60, perMs: minuteMs });
  const pauses = createPauses();
  const limits: Record<Act, (channel: string) => Budget[]> = {
    post: (channel) => [posts(channel), allPosts],
    edit: () => [edits],
    whisper: () => [whispers],
  };
  /** A post waits for its second; an edit that is only progress is better drawn anew later. */
  const patienceMs = (act: Act, urgency: Urgency) => (act === 'edit' && urgency === 2 ? 0 : minuteMs / 40);

  return {
    async turn(act, channel, urgency) {
      const deadline = now() + patienceMs(act, urgency);
      const takes = [() => pauses.left(`${act}:${channel}`, now()), ...limits[act](channel).map(taking(urgency, now))];
      for (const take of takes)
        for (let waitMs = take(); waitMs > 0; waitMs = take()) {
          if (stopping.signal.aborted || now() + waitMs > deadline) throw new RateLimited(Math.ceil(waitMs), 'channel');
          await rest(waitMs, stopping.signal);
        }
    },
    pause: (act, channel, ms) => pauses.set(`${act}:${channel}`, now() + ms),
    stop: () => stopping.abort(),
  };
}

const taking = (urgency: Urgency, now: () => number) => (budget: Budget) => () => budget.take(urgency, now());

function createPauses() {
  const until = new Map<string, number>();
  return {
    set: (key: string, at: number): void => void until.set(key, Math.max(at, until.get(key) ?? 0)),
    left(key: string, now: number): number {
      const at = until.get(key);
      if (at === undefined || at > now) return at === undefined ? 0 : at - now;
      until.delete(key);
      return 0;
    },
  };
}
