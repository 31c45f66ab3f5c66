import { beforeEach, describe, expect, test } from '@jest/globals';
import { createDrawRecovery } from '../../../../src/bot/live/draw-recovery.js';
import type { Status } from '../../../../src/engine/engine.js';
import { T0 } from '../../../support/builders.js';
import { createFakeEngine, type FakeEngine } from '../../../support/fake-engine.js';
import { recoveryView } from '../../../support/recovery-view.js';

const WORKER = { id: 'w1', host: 'node-1', pid: 1, startedAt: '1', version: '0', beatAt: T0, running: 0 };
let engine: FakeEngine;
let now: { pools: string[][]; postgres: Status['postgres'] };

beforeEach(() => {
  const fake = createFakeEngine();
  now = { pools: [['default']], postgres: 'ok' };
  const status = async (): Promise<Status> => ({
    ...(await fake.status()),
    postgres: now.postgres,
    workers: now.pools.map((each) => ({ ...WORKER, pools: each })),
  });
  engine = { ...fake, status };
  engine.put(recoveryView({ recovery: { id: 1, state: 'SCHEDULED', pool: 'db-hosts' } }));
});

const draw = (language: 'en' | 'ru' = 'en') => createDrawRecovery(engine, { console: 'incidents' })(1, language);
const tell = (pool = 'db-hosts') => engine.addEvent(1, 'recovery.no_worker', { service: 'redis', pool, reason: 'x' });

describe('a recovery whose next step waits for a pool without a worker', () => {
  test('says so first of all, with what to do, in the card and in its thread', async () => {
    tell();
    const { card, thread, urgency } = await draw();
    expect(card.title).toContain('no worker of the pool db-hosts is alive');
    expect(card.lines[0]).toContain('`reviver worker --pool db-hosts`');
    expect([card.tone, urgency]).toEqual(['attention', 0]);
    expect(thread.map(({ line }) => line)).toEqual([
      'No worker of the pool db-hosts is alive. Start one: `reviver worker --pool db-hosts`',
    ]);
    expect((await draw('ru')).card.title).toContain('в пуле db-hosts нет живых воркеров');
  });

  test.each<[string, () => unknown]>([
    ['a worker of the pool is there', () => Object.assign(now, { pools: [['gpu', 'db-hosts']] })],
    ['it runs on in another pool', () => engine.set(1, { recovery: { pool: 'default' } })],
    ['people are waited for', () => engine.set(1, { recovery: { state: 'AWAITING_MANUAL' } })],
    ['it has ended', () => engine.set(1, { recovery: { state: 'CANCELLED', endedAt: new Date() } })],
    ['nobody can tell, since the database is away', () => Object.assign(now, { postgres: 'down' })],
  ])('says so no more once %s', async (_, change) => {
    tell();
    change();
    expect((await draw()).card.title).not.toContain('no worker');
  });

  test('says nothing of a worker that is just being replaced, of which nobody was told', async () => {
    expect((await draw()).card.title).not.toContain('no worker');
    tell('another');
    expect((await draw()).card.title).not.toContain('no worker');
  });
});
