import type { Update, UpdateQueue } from './update-queue.js';

/** Delivers updates to the bot's own door: those of one chat in their order, again until it says 2xx. */
export interface Webhook {
  set(url: string, secret: string | undefined): void;
  info(): { url: string; last_error_date?: number; last_error_message?: string };
  /** Attempts so far, with what was answered; 0: no answer. */
  deliveries(): readonly { updateId: number; status: number }[];
  stop(): Promise<void>;
}

/** `retryMs` after the first failure, then twice as long each time. */
export function createWebhook(queue: UpdateQueue, retryMs: number): Webhook {
  const deliveries: { updateId: number; status: number }[] = [];
  const busy = new Map<unknown, Promise<void>>();
  const stopping = new AbortController();
  let target: { url: string; secret: string | undefined } = { url: '', secret: undefined };
  let failed: { last_error_date: number; last_error_message: string } | undefined;

  async function post(update: Update): Promise<boolean> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (target.secret !== undefined) headers['x-telegram-bot-api-secret-token'] = target.secret;
    const status = await fetch(target.url, {
      method: 'POST',
      headers,
      body: JSON.stringify(update),
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(10_000)]),
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    deliveries.push({ updateId: update.update_id, status });
    const ok = status >= 200 && status <= 299;
    if (!ok)
      failed = {
        last_error_date: Math.floor(Date.now() / 1_000),
        last_error_message: status === 0 ? 'Connection failed' : `Wrong response from the webhook: ${status}`,
      };
    return ok;
  }

  async function serve(chat: unknown): Promise<void> {
    for (let delayMs = retryMs; !stopping.signal.aborted && target.url; ) {
      const next = queue.waiting().find((update) => chatOf(update) === chat);
      if (!next) return;
      if (await post(next)) {
        queue.confirm(next.update_id);
        delayMs = retryMs;
      } else {
        await pause(delayMs, stopping.signal);
        delayMs *= 2;
      }
    }
  }

  function deliver(): void {
    if (!target.url) return;
    for (const chat of new Set(queue.waiting().map(chatOf))) {
      if (busy.has(chat)) continue;
      busy.set(
        chat,
        serve(chat).finally(() => {
          busy.delete(chat);
          if (!stopping.signal.aborted && queue.waiting().some((update) => chatOf(update) === chat)) deliver();
        }),
      );
    }
  }
  queue.onPush(deliver);

  return {
    deliveries: () => deliveries,
    info: () => ({ url: target.url, ...failed }),
    set(url, secret) {
      target = { url, secret };
      failed = undefined;
      deliver();
    },
    async stop() {
      stopping.abort();
      await Promise.all(busy.values());
    },
  };
}

function chatOf(update: Update): unknown {
  const found = JSON.stringify(update).match(/"chat":\{"id":(-?\d+)/);
  return found?.[1];
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}
