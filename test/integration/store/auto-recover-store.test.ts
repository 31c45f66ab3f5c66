import { beforeEach, expect, test } from '@jest/globals';
import { AUTO_DEFAULTS } from '../../../src/engine/auto-recover/stage.js';
import { AUTOMATIC, autoRecoverViews, learned } from '../../../src/engine/auto-recover/view.js';
import { createAutoRecoverStore } from '../../../src/store/auto-recover-store.js';
import { aService } from '../../support/builders.js';
import { aDraft, withStore } from './open-store.js';

const opened = withStore();
const store = () => createAutoRecoverStore(opened.pool);
const redis = aService('redis', {
  autoRecover: 'risk < 0.3',
  autoRecoverRules: { ...AUTO_DEFAULTS, shadow: true, promoteAfter: 2 },
});

beforeEach(async () => {
  await opened.pool.query('TRUNCATE auto_recover, incidents, claims, slots; DELETE FROM recoveries');
});

/** One that has ended: of a person, for an incident in which `would` was proposed, or of nobody's click. */
async function recovered(state: string, { by = 'Ann', would }: { by?: string; would?: string } = {}): Promise<number> {
  const { rows } = await opened.pool.query(
    `INSERT INTO incidents (service, fingerprint, title, detail, severity, state, auto)
     VALUES ('redis', md5(random()::text), 't', '', 1, 'resolved', $1) RETURNING id`,
    [would === undefined ? null : JSON.stringify({ start: false, shadow: true, plan: would, because: '' })],
  );
  const draft = aDraft('redis', { requestedBy: by, incidentId: rows[0].id }, { name: 'restart' });
  const { recovery } = await opened.store.create(draft);
  await opened.pool.query(`UPDATE recoveries SET state = $2, ended_at = now(), unverified = false WHERE id = $1`, [
    recovery.id,
    state,
  ]);
  return recovery.id;
}

const events = async () =>
  (await opened.pool.query(`SELECT kind FROM events WHERE kind LIKE 'auto_recover.%' ORDER BY id`)).rows.map(
    ({ kind }) => kind,
  );

test('what would have begun by itself and was verified earns trust, and the first failure takes it away', async () => {
  await recovered('SUCCEEDED', { would: 'restart' });
  await recovered('SUCCEEDED', { would: 'redis_outage' });
  await recovered('SUCCEEDED');
  expect(await learned(redis, store())).toMatchObject({ stage: 'shadow', verified: 1 });

  await recovered('SUCCEEDED', { would: 'restart' });
  expect(await learned(redis, store())).toMatchObject({ stage: 'live', verified: 2, why: '2 verified runs' });
  expect(await learned(redis, store())).toMatchObject({ stage: 'live' });

  const failed = await recovered('ROLLED_BACK', { by: AUTOMATIC[0] });
  expect(await learned(redis, store())).toMatchObject({ stage: 'shadow', verified: 0, why: `R-${failed} failed` });
  expect(await events()).toEqual(['auto_recover.promoted', 'auto_recover.demoted']);
});

test('two processes that learn at once learn it once', async () => {
  const before = await events();
  await recovered('SUCCEEDED', { would: 'restart' });
  await recovered('SUCCEEDED', { would: 'restart' });
  const stages = await Promise.all([learned(redis, store()), learned(redis, store())]);
  expect(stages.map(({ stage }) => stage)).toEqual(['live', 'live']);
  expect(await events()).toEqual([...before, 'auto_recover.promoted']);
});

test('what began by itself within the hour is counted, of the breaker as well', async () => {
  for (const by of ['auto_recover', 'breaker', 'Ann']) await recovered('CANCELLED', { by });
  expect(await store().startedLately('redis', AUTOMATIC, 3_600_000)).toBe(2);
  await opened.pool.query(`UPDATE recoveries SET created_at = now() - interval '2 hours'`);
  expect(await store().startedLately('redis', AUTOMATIC, 3_600_000)).toBe(0);
  expect(await autoRecoverViews([redis, aService('web')], store())).toMatchObject([
    { service: 'redis', when: 'risk < 0.3', stage: 'shadow', lately: 0 },
  ]);
});
