import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { HousekeepingJob, JobContext } from '../../../../src/engine/housekeeping/job.js';
import { type Keeper, type KeeperParts, runIfFree, startKeeper } from '../../../../src/engine/housekeeping/keeper.js';
import { createHousekeepingStore } from '../../../../src/store/housekeeping-store.js';
import { createPool, type Pool } from '../../../../src/store/pool.js';
import { withDatabase } from '../../../support/database.js';
import { eventually } from '../../../support/eventually.js';

const database = withDatabase();
let pool: Pool;
const keepers: Keeper[] = [];
beforeAll(() => {
  pool = createPool(database.url);
});
afterAll(() => pool.end());
afterEach(async () => {
  for (const keeper of keepers.splice(0)) await keeper.stop();
});

const never = new AbortController().signal;

function job(run: HousekeepingJob['run'], more: Partial<HousekeepingJob> = {}): HousekeepingJob {
  return { name: `job_${randomBytes(4).toString('hex')}`, cron: '0 4 * * *', timeoutMs: 60_000, run, ...more };
}

function parts(jobs: HousekeepingJob[], more: Partial<KeeperParts> = {}): KeeperParts {
  return {
    jobs,
    store: createHousekeepingStore(pool),
    timeZone: 'UTC',
    by: 'a test',
    everyMs: 20,
    leaseMs: 30_000,
    exec: () => () => Promise.reject(new Error('no programs here')),
    clear: async () => {},
    log: () => {},
    ...more,
  };
}

const keep = (of: KeeperParts) => {
  const keeper = startKeeper(of);
  keepers.push(keeper);
  return keeper;
};

const isDue = (name: string, ago = '1 minute') =>
  database.query(`UPDATE housekeeping SET next_at = now() - $2::interval WHERE name = $1`, [name, ago]);
const rowOf = async (name: string) =>
  (await database.query('SELECT *, next_at > now() AS later FROM housekeeping WHERE name = $1', [name]))[0];
const planned = (name: string) => eventually(async () => (await rowOf(name)) ?? false);

function untilAborted({ signal }: JobContext): Promise<never> {
  return once(signal, 'abort').then(() => Promise.reject(signal.reason));
}

describe('routine care', () => {
  test('is not done before its time, and once in a cluster when its time has come', async () => {
    let ran = 0;
    const one = job(async () => ({ summary: `${++ran}` }));
    for (let process = 0; process < 4; process += 1) keep(parts([one]));
    expect(await planned(one.name)).toMatchObject({ later: true, last_outcome: null });
    await isDue(one.name);
    await eventually(async () =>
      expect(await rowOf(one.name)).toMatchObject({ last_outcome: 'succeeded', later: true }),
    );
    expect(ran).toBe(1);
  });

  test('is caught up with once, however many occasions were missed', async () => {
    let ran = 0;
    const one = job(async () => ({ summary: `${++ran}` }), { cron: '0 * * * *' });
    await keep(parts([one])).stop();
    await isDue(one.name, '9 days');
    keep(parts([one]));
    await eventually(async () =>
      expect(await rowOf(one.name)).toMatchObject({ later: true, last_outcome: 'succeeded' }),
    );
    expect(ran).toBe(1);
  });

  test('goes on elsewhere when the process that did it is gone without a word', async () => {
    const one = job(async () => ({ summary: 'done' }));
    await keep(parts([one])).stop();
    await isDue(one.name);
    const { store } = parts([]);
    const dead = await store.take(one.name, 'one that dies', 300, 'unasked');
    keep(parts([one]));
    await eventually(async () =>
      expect(await rowOf(one.name)).toMatchObject({ last_outcome: 'succeeded', epoch: '2' }),
    );
    expect(dead).toMatchObject({ epoch: 1, tries: 1 });
    // It was not dead after all: it writes nothing.
    const late = { outcome: 'failed' as const, detail: 'late', durationMs: 1, tries: 0, events: [] };
    expect(await store.end({ name: one.name, epoch: 1 }, late)).toBe(false);
    expect(await store.renew({ name: one.name, epoch: 1 }, 1_000)).toBe(false);
  });

  test('is not tried for ever where its process dies each time', async () => {
    const one = job(async () => ({ summary: 'done' }));
    await keep(parts([one])).stop();
    await isDue(one.name);
    await database.query('UPDATE housekeeping SET tries = 3 WHERE name = $1', [one.name]);
    keep(parts([one]));
    await eventually(async () => expect(await rowOf(one.name)).toMatchObject({ last_outcome: 'failed', later: true }));
    expect(String((await rowOf(one.name))?.last_detail)).toContain('died each time');
  });

  test('that fails says why in the event log, without secrets, and is tried again', async () => {
    const one = job(() => Promise.reject(new Error('no way to postgres://u:hunter2@db/x')));
    keep(parts([one]));
    await planned(one.name);
    await isDue(one.name);
    await eventually(async () => expect(await rowOf(one.name)).toMatchObject({ last_outcome: 'failed', tries: 1 }));
    const [event] = await database.query(`SELECT data FROM events WHERE data->>'job' = $1`, [one.name]);
    expect(JSON.stringify(event)).toContain('no way to');
    expect(JSON.stringify(event)).not.toContain('hunter2');
  });

  test('that takes too long is stopped, and has failed', async () => {
    const one = job(untilAborted, { timeoutMs: 50 });
    keep(parts([one]));
    await planned(one.name);
    await isDue(one.name);
    await eventually(async () => expect((await rowOf(one.name))?.last_detail).toContain('longer than'));
  });

  test('is handed over at shutdown: stopped, and due at once', async () => {
    const one = job(untilAborted);
    const keeper = keep(parts([one]));
    await planned(one.name);
    await isDue(one.name);
    await eventually(async () => expect((await rowOf(one.name))?.running_by).toBe('a test'));
    await keeper.stop();
    expect(await rowOf(one.name)).toMatchObject({
      last_outcome: 'interrupted',
      later: false,
      tries: 0,
      running_by: null,
    });
  });

  test('is stopped in a process that lost its lease', async () => {
    let stopped = false;
    const one = job(async (ctx) => {
      await untilAborted(ctx).finally(() => {
        stopped = true;
      });
      return { summary: '' };
    });
    keep(parts([one], { leaseMs: 150 }));
    await planned(one.name);
    await isDue(one.name);
    await eventually(async () => expect((await rowOf(one.name))?.running_by).toBe('a test'));
    await database.query(
      `UPDATE housekeeping SET epoch = epoch + 1, running_by = 'another',
         lease_until = now() + interval '1 hour' WHERE name = $1`,
      [one.name],
    );
    await eventually(() => stopped);
    expect(await rowOf(one.name)).toMatchObject({ running_by: 'another', last_outcome: null });
  });

  test('can be asked for before its time, but not twice at once', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const one = job(async () => {
      await held;
      return { summary: 'done' };
    });
    await keep(parts([one])).stop();
    const first = runIfFree(one, parts([one]), 'asked', never);
    await eventually(async () => expect((await rowOf(one.name))?.running_by).toBe('a test'));
    expect(await runIfFree(one, parts([one]), 'asked', never)).toBeUndefined();
    release();
    expect(await first).toMatchObject({ outcome: 'succeeded' });
  });

  test('keeps to a changed time, and what is overdue stays so', async () => {
    const one = job(async () => ({ summary: 'done' }));
    const { store } = parts([]);
    const at = (iso: string) => new Date(iso);
    await store.plan([{ name: one.name, cron: '0 4 * * *', timeZone: 'UTC', nextAt: at('2036-01-01T04:00:00Z') }]);
    await store.plan([{ name: one.name, cron: '0 4 * * *', timeZone: 'UTC', nextAt: at('2036-01-02T04:00:00Z') }]);
    expect((await rowOf(one.name))?.next_at).toEqual(at('2036-01-01T04:00:00Z'));
    await store.plan([{ name: one.name, cron: '0 5 * * *', timeZone: 'UTC', nextAt: at('2036-01-02T05:00:00Z') }]);
    expect((await rowOf(one.name))?.next_at).toEqual(at('2036-01-02T05:00:00Z'));
    await isDue(one.name);
    await store.plan([{ name: one.name, cron: '0 6 * * *', timeZone: 'UTC', nextAt: at('2036-01-02T06:00:00Z') }]);
    expect(await rowOf(one.name)).toMatchObject({ later: false, cron: '0 6 * * *' });
  });
});
