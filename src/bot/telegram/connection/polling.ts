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
import { ALLOWED_UPDATES, ourWebhook } from './webhook-key.js';

export interface PollingOptions {
  polling: Api;
  api: Api;
  me: WhoAmI;
  memory: PlatformMemory;
  leads(): Promise<boolean>;
  /** Resolves when all of them are taken, and never rejects: only then Telegram is told. */
  take(updates: readonly unknown[]): Promise<void>;
  hearing: Hearing;
  timings: Timings;
  log: Log;
}

const BATCH = 100;

/**
 * Polls while this process leads, until `signal` aborts. No answer of Telegram ends it: a poller that ended would be
 * deaf in a process that looks well.
 */
export async function keepPolling(options: PollingOptions, signal: AbortSignal): Promise<void> {
  const { hearing, timings, log } = options;
  let leading: boolean | undefined;
  let ending = new AbortController();
  let poll: Promise<void> | undefined;
  while (!signal.aborted) {
    // Without an answer it stays as it was: the lock dies with the database's connection, and so does every other's.
    const leads: boolean | undefined = await options.leads().catch((error: unknown) => {
      if (leading === undefined) hearing.failed(`it is not known which process polls: ${String(error)}`, 'at once');
      return leading;
    });
    if (leads !== leading && leads !== undefined) {
      log('info', leads ? 'telegram:polls' : 'telegram:rests');
      ending.abort();
      await poll;
      ending = new AbortController();
      if (leads) poll = pollOn(options, AbortSignal.any([signal, ending.signal]));
      else hearing.rested();
      leading = leads;
    }
    await rest(timings.leadsEvery, signal);
  }
  await poll;
}

async function pollOn(options: PollingOptions, signal: AbortSignal): Promise<void> {
  const { polling, me, take, hearing, timings } = options;
  let offset: number | undefined;
  let failures = 0;
  let first = true;
  while (!signal.aborted) {
    try {
      await me.ask(signal);
      const updates = await polling.getUpdates(
        {
          ...(offset === undefined ? {} : { offset }),
          limit: BATCH,
          // The first answer comes at once, and tells whether all is well.
          timeout: first ? 0 : timings.pollSeconds,
          allowed_updates: ALLOWED_UPDATES,
        },
        abortable(signal),
      );
      await take(updates);
      hearing.heard(updates.length < BATCH);
      offset = updates.reduce<number | undefined>((next, { update_id: id }) => Math.max(next ?? 0, id + 1), offset);
      failures = 0;
      first = false;
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      first = true;
      await rest(await setback(error, failures, options), signal);
    }
  }
}

/** Says what is wrong, and answers how long to wait. */
async function setback(error: unknown, failures: number, options: PollingOptions): Promise<number> {
  const { hearing, timings, log } = options;
  const failure = failureOf(error);
  if (failures === 1) log('warn', 'telegram:poll_failed', { kind: failure.kind, error: failure.why });
  if (failure.kind === 'unauthorized') {
    hearing.failed(TOKEN_REFUSED, 'at once');
    return timings.afterUnauthorized;
  }
  if (failure.kind === 'limited') {
    hearing.failed(failure.why, 'soon');
    return failure.retryAfterMs;
  }
  if (failure.kind === 'webhook_active') {
    hearing.failed(await dropOwnWebhook(options), 'at once');
    return delayAfter(failures, timings.afterConflict);
  }
  if (failure.kind === 'conflict') {
    hearing.failed('another program polls with this token: give each installation a bot of its own', 'at once');
    return delayAfter(failures, timings.afterConflict);
  }
  hearing.failed(failure.why, 'soon');
  return delayAfter(failures, timings.afterFailure);
}

/** A webhook that this installation set before it polled is removed; one of somebody else is not ours to break. */
async function dropOwnWebhook({ api, memory, log }: PollingOptions): Promise<string> {
  const stranger =
    'a webhook is set for this bot, so polling is refused: remove it with deleteWebhook, or set TELEGRAM_WEBHOOK_URL';
  try {
    const { url = '' } = await api.getWebhookInfo();
    if (!(await ourWebhook(memory, url))) return stranger;
    await api.deleteWebhook();
    log('info', 'telegram:webhook_removed');
    return 'the webhook of before is being removed';
  } catch {
    return stranger;
  }
}
