import { setTimeout as delay } from 'node:timers/promises';
import { RecoveryConstitutionalError } from '../engine/model/errors.js';
import type { Signals } from '../jobs/signals.js';
import { callsWaiting } from '../store/outbox-store.js';
import { buildEngine, type EngineParts } from './build-engine.js';
import type { Closing } from './closing.js';
import type { NodeOptions } from './node-options.js';
import { openEntities } from './open-store.js';
import { startPagerRole } from './pager-role.js';

export interface RefuseStartParts extends Pick<EngineParts, 'breakers' | 'hands' | 'link' | 'pool' | 'tracing'> {
  core: Omit<EngineParts, 'breakers' | 'hands' | 'link' | 'pool' | 'source' | 'ending' | 'tracing'>;
  installation: string;
  signals: Pick<Signals, 'onChanged'>;
  closing: Closing;
}

/** How long a process that may not start stays to call people; whoever else runs goes on with it. */
const CALL_WITHIN_MS = 10_000;
const LOOK_MS = 100;

/** Calls people, since perhaps nobody else runs who could, and throws `RecoveryConstitutionalError`. */
export async function refuseStart(why: string, options: NodeOptions, parts: RefuseStartParts): Promise<never> {
  const { core, breakers, hands, link, pool, tracing, installation, signals, closing } = parts;
  const ending = new AbortController();
  closing.add('what waits in memory', () => ending.abort());
  const entities = await openEntities(options.databaseUrl, 'reviver, refused');
  closing.add('entities', entities.close);
  const { ports } = buildEngine(options, {
    ...core,
    breakers,
    hands,
    link,
    pool,
    tracing,
    source: entities.source,
    ending: ending.signal,
  });
  startPagerRole(options, { ports, installation, signals, closing, pool });
  const until = performance.now() + CALL_WITHIN_MS;
  let waiting = await callsWaiting(pool);
  while (waiting > 0 && performance.now() < until) {
    await delay(LOOK_MS);
    waiting = await callsWaiting(pool);
  }
  const called = waiting > 0 ? 'the next process that runs calls people' : 'who is called has been called';
  throw new RecoveryConstitutionalError(
    `Reviver does not start: ${why}. It is in the event log, and ${called}. Recoveries under way stay as they are.`,
    { at: 'start' },
  );
}
