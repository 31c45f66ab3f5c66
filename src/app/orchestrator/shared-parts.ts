import { createForgeries, type ForgeriesOptions } from '../../engine/constitution/forgeries.js';
import { isAlive } from '../../engine/processes/identity.js';
import { createRedisLink } from '../../jobs/redis-link.js';
import { type SharedRedis, sharedRedis } from '../../jobs/shared-redis.js';
import { createSignals } from '../../jobs/signals.js';
import { createWakeQueue, listenForWakes } from '../../jobs/wake-queue.js';
import { createRecoveryPolicyStore } from '../../store/recovery-policy-store.js';
import { createRecoveryStore } from '../../store/recovery-store.js';
import { createWorkerRegistry } from '../../store/worker-registry.js';
import { createClosing } from '../closing.js';
import { createDatabaseClock } from '../database-clock.js';
import { openStore } from '../open-store.js';
import { createLocalDispatcher, type LocalDispatcher } from './local-dispatcher.js';
import type { Parts, PartsOptions } from './parts.js';

/** In Postgres, which outlives this process; with Redis other processes hear at once. Waits for Postgres until `signal` aborts. */
export async function openSharedParts(
  options: PartsOptions & { databaseUrl: string; redisUrl?: string; signal: AbortSignal },
): Promise<Parts> {
  const { databaseUrl, redisUrl, slots, leaseMs, log, signal } = options;
  const closing = createClosing(log);
  const opened = await openStore(databaseUrl, { applicationName: 'reviver library', connections: 4, log, signal });
  closing.add('store', opened.close);
  const local = createLocalDispatcher();
  closing.add('timers', local.close);
  const { pool } = opened;
  const parts = {
    ...local,
    store: createRecoveryStore(pool, { leaseMs, slots }),
    registry: createWorkerRegistry(pool, { leaseMs, slots }),
    policies: createRecoveryPolicyStore(pool),
    clock: createDatabaseClock(),
    isAlive,
    close: closing.close,
  };
  if (redisUrl === undefined) return parts;
  const link = createRedisLink(log);
  const record = (...said: Parameters<ForgeriesOptions['record']>) => parts.store.record(null, ...said);
  const forgeries = createForgeries({ record, now: parts.clock.now, log });
  closing.add('what was forged', forgeries.close);
  const wakes = sharedRedis(opened, { url: redisUrl, link, forged: forgeries.found, log });
  return { ...parts, dispatcher: spreading(local, { ...options, wakes }, closing) };
}

/**
 * What happens here is known here at once; the others hear of it over Redis, or by their next look. They are woken only when
 * nobody works here: who schedules and works is not slowed by jobs that would come back to itself.
 */
function spreading(
  local: LocalDispatcher,
  { wakes, pool }: PartsOptions & { wakes: SharedRedis },
  closing: ReturnType<typeof createClosing>,
): Parts['dispatcher'] {
  const { dispatcher } = local;
  const someWork = { id: 0, epoch: 0, version: 0, pool };
  const signals = createSignals(wakes);
  closing.add('signals', () => signals.close());
  const queue = createWakeQueue(wakes, () => dispatcher.wake(someWork));
  closing.add('queues', () => queue.close());
  const listening = listenForWakes({ ...wakes, pools: [pool] }, () => dispatcher.wake(someWork));
  closing.add('wake-ups', () => listening.close());
  closing.add('link', wakes.link.leave);
  signals.onCancel(dispatcher.cancel);
  signals.onChanged(dispatcher.changed);
  return {
    wake(recovery, delayMs) {
      dispatcher.wake(recovery, delayMs);
      if (!local.employs()) queue.wake(recovery, delayMs);
    },
    changed(recovery, state) {
      dispatcher.changed(recovery, state);
      signals.changed(recovery);
    },
    // It delivers to this process, too.
    cancel: signals.cancel,
  };
}
