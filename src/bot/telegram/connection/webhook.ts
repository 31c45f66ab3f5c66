import type { Api } from 'grammy';
import type { Log } from '../../../engine/ports.js';
import type { PlatformMemory } from '../../port.js';
import { failureOf } from '../failure.js';
import { delayAfter, rest } from '../rest.js';
import type { Timings } from '../timings.js';
import { abortable } from './abortable.js';
import type { Hearing } from './hearing.js';
import type { WhoAmI } from './me.js';
import { TOKEN_REFUSED } from './token-refused.js';
import { ALLOWED_UPDATES, rememberWebhook } from './webhook-key.js';

export interface WebhookOptions {
  api: Api;
  me: WhoAmI;
  memory: PlatformMemory;
  webhook: { url: string; secret: string };
  hearing: Hearing;
  timings: Timings;
  log: Log;
}

/** Keeps the webhook ours until `signal` aborts: somebody who polls with the token removes it without a word. */
export async function keepWebhook(options: WebhookOptions, signal: AbortSignal): Promise<void> {
  const { me, timings, hearing, log } = options;
  let failures = 0;
  // The secret cannot be asked for, so it is said once in any case.
  let known = false;
  while (!signal.aborted) {
    try {
      await me.ask(signal);
      if (!known) await setIt(options, signal);
      const state = await look(options, signal);
      known = state !== 'lost';
      failures = 0;
      if (known) await rest(state === 'quiet' ? timings.webhookEvery : timings.leadsEvery, signal);
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      const failure = failureOf(error);
      if (failures === 1) log('warn', 'telegram:webhook_failed', { kind: failure.kind, error: failure.why });
      const unauthorized = failure.kind === 'unauthorized';
      hearing.failed(
        unauthorized ? TOKEN_REFUSED : failure.why,
        unauthorized || failure.kind === 'refused' ? 'at once' : 'soon',
      );
      await rest(unauthorized ? timings.afterUnauthorized : delayAfter(failures, timings.afterFailure), signal);
    }
  }
}

async function setIt({ api, memory, webhook, log }: WebhookOptions, signal: AbortSignal): Promise<void> {
  const { url, secret } = webhook;
  await api.setWebhook(url, { secret_token: secret, allowed_updates: ALLOWED_UPDATES }, abortable(signal));
  log('info', 'telegram:webhook_set', { url });
  await rememberWebhook(memory, url).catch(() => {});
}

/** `quiet`: nothing waits there. */
async function look(
  { api, webhook, hearing, log }: WebhookOptions,
  signal: AbortSignal,
): Promise<'quiet' | 'busy' | 'lost'> {
  const info = await api.getWebhookInfo(abortable(signal));
  if (info.url !== webhook.url || !sameKinds(info.allowed_updates)) {
    log('warn', 'telegram:webhook_lost');
    return 'lost';
  }
  const waiting = info.pending_update_count;
  if (waiting > 0 && info.last_error_message)
    hearing.failed(`${waiting} updates wait, Telegram cannot deliver them: ${info.last_error_message}`, 'at once');
  else hearing.heard(waiting === 0);
  return waiting === 0 ? 'quiet' : 'busy';
}

function sameKinds(kinds: readonly string[] = []): boolean {
  return ALLOWED_UPDATES.length === kinds.length && ALLOWED_UPDATES.every((kind) => kinds.includes(kind));
}
