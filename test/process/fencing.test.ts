import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { eventually, processesMarked, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install, type Running } from '../support/reviver.js';
import {
  createScenes,
  FIXTURES,
  GATED,
  manyServices,
  NO_APPROVALS,
  type Scene,
  threeSteps,
  UNTIL_GATE,
} from '../support/scene.js';

const PROGRAM = `action: run_command, with: { command: ${UNTIL_GATE} }, timeout: 60s`;
const RUNBOOKS = {
  'gated.yaml': threeSteps('gated', `{ id: b, action: gated_append, with: ${GATED} }`),
  'program.yaml': threeSteps('program', `{ id: b, ${PROGRAM} }`),
  'again.yaml': threeSteps('again', `{ id: b, ${PROGRAM}, idempotent: true }`),
};

/** What DESIGN D3 allows: the lease, a poll, and a little for a busy machine. */
const LEASE_MS = 8_000;
const TAKEOVER_MS = 14_000;

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let recover: ReturnType<typeof createScenes>;
let workers = 0;

beforeAll(async () => {
  await database.query(AUDIT);
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(20),
    runbooks: RUNBOOKS,
    extensions: FIXTURES,
    more: `max_concurrent_recoveries: 10\n${NO_APPROVALS}`,
  });
  recover = createScenes(reviver);
  await reviver.start('server', ['start', '--role', 'api']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
}, 60_000);

/** Every write to a recovery, in the order in which it took effect. */
const AUDIT = `CREATE TABLE writes (n bigint GENERATED ALWAYS AS IDENTITY, id int, epoch int, owner text);
CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN INSERT INTO writes (id, epoch, owner) VALUES (NEW.id, NEW.epoch, NEW.owner); RETURN NULL; END $$;
CREATE TRIGGER note_write AFTER UPDATE ON recoveries FOR EACH ROW EXECUTE FUNCTION note_write();`;

async function epochsOf({ id }: Scene): Promise<unknown[]> {
  return (await database.query('SELECT epoch FROM writes WHERE id = $1 ORDER BY n', [Number(id.slice(2))])).map(
    (row) => row.epoch,
  );
}

async function worker(env: Record<string, string> = {}): Promise<{ running: Running; name: string }> {
  workers += 1;
  const name = `worker-${workers}`;
  return { running: await reviver.start(name, ['worker'], env), name };
}

async function takenOver(scene: Scene): Promise<void> {
  await eventually(
    async () =>
      expect(
        await database.query(`SELECT FROM events WHERE recovery_id = $1 AND kind = 'recovery.taken_over'`, [
          Number(scene.id.slice(2)),
        ]),
      ).toHaveLength(1),
    { timeoutMs: TAKEOVER_MS },
  );
}

describe('a worker that is frozen for longer than its lease', () => {
  test('is taken over from, writes nothing when it wakes up, and leaves the processes of its successor alone', async () => {
    const first = await worker();
    const [gated, program, again] = [await recover('gated'), await recover('program'), await recover('again')];
    for (const scene of [gated, program, again]) await scene.step(1, 'running');
    const [old] = await processesMarked(`REVIVER_RUN=${again.id}/1@`);
    const second = await worker();
    first.running.kill('SIGSTOP');
    const frozen = performance.now();
    for (const scene of [gated, program, again]) await takenOver(scene);
    expect(performance.now() - frozen).toBeGreaterThan(LEASE_MS - 1_500);

    // What cannot be looked at is a person's; the rest runs anew under the second worker.
    await program.reaches('AWAITING_MANUAL');
    expect(await processesMarked(`REVIVER_RUN=${program.id}/1@`)).toEqual([]);
    await again.step(1, 'running');
    const runs = () => processesMarked(`REVIVER_RUN=${again.id}/1@`);
    await eventually(async () => expect(await runs()).not.toEqual([]));
    expect((await runs()).map(({ pid }) => pid)).not.toContain(old?.pid);

    first.running.kill('SIGCONT');
    const stopped = () => reviver.log(first.name).split('stopped without writing').length - 1;
    await eventually(() => expect(stopped()).toBe(3), { timeoutMs: 10_000 });
    expect(await runs()).not.toEqual([]);
    for (const scene of [gated, again]) await scene.open();
    for (const scene of [gated, again]) {
      await scene.reaches('SUCCEEDED');
      expect(await scene.lines()).toEqual(['a', 'b', 'c']);
    }
    for (const scene of [gated, program, again]) {
      const epochs = await epochsOf(scene);
      expect(epochs).toEqual([...epochs].sort());
      expect(new Set(epochs)).toEqual(new Set([1, 2]));
    }
    expect(await program.lines()).toEqual(['a']);
    for (const one of [first, second]) {
      one.running.kill('SIGTERM');
      expect(await one.running.ended).toBe(0);
    }
  }, 60_000);

  test('does not begin a step whose intent it committed before it froze', async () => {
    const first = await worker({ REVIVER_TEST_WORKER_HOST: 'a' });
    const scene = await recover('gated');
    await scene.step(1, 'running');
    // Its next commit hangs on this lock, and is answered only after the freeze.
    const lock = new Client({ connectionString: database.url });
    await lock.connect();
    await lock.query('BEGIN');
    await lock.query('LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE');
    await scene.open();
    await eventually(async () =>
      expect(
        await database.query(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        ),
      ).not.toEqual([]),
    );
    first.running.kill('SIGSTOP');
    await lock.end();
    await scene.step(2, 'running');
    const second = await worker({ REVIVER_TEST_WORKER_HOST: 'b' });
    await scene.reaches('SUCCEEDED');
    first.running.kill('SIGCONT');
    first.running.kill('SIGTERM');
    expect(await first.running.ended).toBe(0);
    expect(await scene.lines()).toEqual(['a', 'b', 'c']);
    const epochs = await epochsOf(scene);
    expect(epochs).toEqual([...epochs].sort());
    second.running.kill('SIGTERM');
    await second.running.ended;
  }, 60_000);
});

describe('a worker on another host', () => {
  test('takes over only when the lease is over; what a program did cannot be known, the rest is looked at', async () => {
    const first = await worker({ REVIVER_TEST_WORKER_HOST: 'a' });
    const [gated, program, again] = [await recover('gated'), await recover('program'), await recover('again')];
    for (const scene of [gated, program, again]) await scene.step(1, 'running');
    const second = await worker({ REVIVER_TEST_WORKER_HOST: 'b' });
    first.running.kill('SIGKILL');
    const killed = performance.now();
    for (const scene of [gated, program, again]) await takenOver(scene);
    expect(performance.now() - killed).toBeGreaterThan(LEASE_MS - 1_500);
    for (const scene of [program, again]) {
      const { steps } = await scene.reaches('AWAITING_MANUAL');
      expect(steps[1]).toMatchObject({
        state: 'unknown',
        error: { message: expect.stringContaining('cannot be proven') },
      });
      expect(await scene.lines()).toEqual(['a']);
    }
    await gated.open();
    await gated.reaches('SUCCEEDED');
    expect(await gated.lines()).toEqual(['a', 'b', 'c']);
    second.running.kill('SIGTERM');
    await second.running.ended;
  }, 60_000);
});
