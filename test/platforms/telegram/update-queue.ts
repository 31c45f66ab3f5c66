import { conflict } from './refusal.js';

export interface Update {
  update_id: number;
  [kind: string]: unknown;
}

/** Updates that wait to be fetched or delivered; confirmed ones are gone. */
export interface UpdateQueue {
  /** `kind` decides whether it is wanted; the same id again is a repeat by the platform. */
  push(kind: string, payload: unknown, updateId?: number): Update | undefined;
  /** Puts updates that were fetched before in again, as Telegram may. */
  again(updateId: number): void;
  fetch(wanted: FetchOptions, gone: AbortSignal): Promise<Update[]>;
  /** For the webhook: the ones that wait, oldest first. */
  waiting(): readonly Update[];
  confirm(updateId: number): void;
  allow(kinds: readonly string[] | undefined): void;
  allowed(): readonly string[];
  /** Ends the long poll that is under way. */
  interrupt(why: string): void;
  onPush(listener: () => void): void;
}

export interface FetchOptions {
  offset?: number | undefined;
  limit?: number | undefined;
  /** Seconds. */
  timeout?: number | undefined;
}

/** Without `allowed_updates` these come. */
const DEFAULT_KINDS = ['message', 'edited_message', 'channel_post', 'callback_query', 'my_chat_member'];
const OTHER_CONSUMER = 'terminated by other getUpdates request; make sure that only one bot instance is running';

export function createUpdateQueue(): UpdateQueue {
  let queue: Update[] = [];
  const history = new Map<number, Update>();
  let nextId = 800_000_001;
  let kinds: readonly string[] = DEFAULT_KINDS;
  let poll: { wake(): void; end(error: Error): void } | undefined;
  const listeners: (() => void)[] = [];

  const enqueue = (update: Update) => {
    queue.push(update);
    queue.sort((a, b) => a.update_id - b.update_id);
    poll?.wake();
    for (const listener of listeners) listener();
  };

  return {
    waiting: () => queue,
    allowed: () => kinds,
    onPush: (listener) => void listeners.push(listener),
    allow(wanted) {
      // Left out: what was said before holds on.
      if (wanted !== undefined) kinds = wanted.length === 0 ? DEFAULT_KINDS : wanted;
    },
    push(kind, payload, updateId = nextId) {
      if (!kinds.includes(kind)) return undefined;
      nextId = Math.max(nextId, updateId + 1);
      const update: Update = { update_id: updateId, [kind]: payload };
      history.set(updateId, update);
      enqueue(update);
      return update;
    },
    again(updateId) {
      const update = history.get(updateId);
      if (update) enqueue(update);
    },
    confirm(updateId) {
      const index = queue.findIndex((update) => update.update_id === updateId);
      if (index >= 0) queue.splice(index, 1);
    },
    interrupt(why) {
      poll?.end(conflict(why));
    },
    async fetch({ offset = 0, limit = 100, timeout = 0 }, gone) {
      poll?.end(conflict(OTHER_CONSUMER));
      queue = queue.filter((update) => update.update_id >= offset);
      if (queue.length === 0 && timeout > 0) await wait(timeout * 1_000, gone);
      return queue.slice(0, limit);
    },
  };

  /** Until something comes, the time is over, the consumer has gone, or another one came. */
  async function wait(ms: number, gone: AbortSignal): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let mine: typeof poll;
    let stop = (): void => {};
    try {
      await new Promise<void>((resolve, reject) => {
        stop = () => resolve();
        mine = { wake: stop, end: reject };
        poll = mine;
        timer = setTimeout(stop, ms);
        gone.addEventListener('abort', stop);
      });
    } finally {
      clearTimeout(timer);
      gone.removeEventListener('abort', stop);
      if (poll === mine) poll = undefined;
    }
  }
}
