import { expect, test } from '@jest/globals';
import { tellOfStranded } from '../../../src/engine/recovery/stranded.js';
import { aPlannedStep } from '../../support/builders.js';
import { aDraft, aWorker, withStore } from './open-store.js';

const on = withStore();

test('a step whose pool has no live worker is told of once, with what to do', async () => {
  const steps = [aPlannedStep('a', { pool: 'db-hosts' })];
  const { recovery } = await on.store.create(aDraft('postgres', {}, { steps }));
  await on.store.create(aDraft('redis'));
  await on.registry.join(aWorker('w1', { pools: ['default'] }));
  const changed: number[] = [];
  const dispatcher = { changed: (id: number) => void changed.push(id) };

  await tellOfStranded({ store: on.store, dispatcher }, 60_000);
  expect(changed).toEqual([]);
  await on.pool.query("UPDATE recoveries SET wake_at = now() - interval '2 minutes'");
  for (let look = 0; look < 2; look++) await tellOfStranded({ store: on.store, dispatcher }, 60_000);

  expect(changed).toEqual([recovery.id]);
  const { rows } = await on.pool.query("SELECT payload FROM outbox WHERE kind = 'escalation'");
  expect(rows).toEqual([
    {
      payload: {
        recovery: recovery.id,
        service: 'postgres',
        code: 'no_worker',
        by: 'reviver',
        reason:
          'its next step waits for a worker of the pool db-hosts, and none is alive. Workers serve default. Start one: reviver worker --pool db-hosts',
      },
    },
  ]);
  expect((await on.store.events(recovery.id)).map(({ kind }) => kind)).toContain('recovery.no_worker');
});

test('a worker of the pool that is alive is enough, however long the queue is', async () => {
  await on.registry.join(aWorker('w2', { pools: ['gpu'] }));
  await on.store.create(aDraft('model', {}, { steps: [aPlannedStep('a', { pool: 'gpu' })] }));
  await on.pool.query("UPDATE recoveries SET wake_at = now() - interval '2 hours'");
  expect(await on.store.stranded(1_000)).toEqual([]);
});

test('a plan with an action that no live worker of its pool has is left alone, and told of with what is missing', async () => {
  const steps = [
    aPlannedStep('a', { pool: 'edge', action: 'drain', actionVersion: 2, verify: { action: 'see', input: {} } }),
  ];
  const { recovery } = await on.store.create(aDraft('edge', {}, { steps }));
  const older = aWorker('older', { pools: ['edge'], abilities: ['ask', 'ask@1', 'drain', 'drain@1', 'see', 'see@1'] });
  const same = aWorker('same', { pools: ['edge'], abilities: ['drain', 'drain@1', 'drain@2', 'see', 'see@3'] });
  await on.registry.join(older);
  await on.pool.query("UPDATE recoveries SET wake_at = now() - interval '2 minutes' WHERE service = 'edge'");

  expect(await on.store.due(older, [], [], 10)).toEqual([]);
  const dispatcher = { changed: () => {} };
  await tellOfStranded({ store: on.store, dispatcher }, 60_000);
  const { rows } = await on.pool.query("SELECT payload->>'reason' AS reason FROM outbox WHERE key LIKE '%:edge:%'");
  expect(rows).toEqual([
    {
      reason:
        'no live worker of the pool edge has every action of its plan; missing: drain (version 2). Start a worker of the version that planned it, or cancel it and recover anew',
    },
  ]);

  await on.registry.join(same);
  expect((await on.store.due(same, [], [], 10)).map(({ snapshot }) => snapshot.recovery.id)).toEqual([recovery.id]);
});
