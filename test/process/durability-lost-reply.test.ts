import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { createScenes, FIXTURES, GATED, manyServices, threeSteps } from '../support/scene.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const RUNBOOKS = {
  'gated.yaml': threeSteps('gated', `{ id: b, action: gated_append, with: ${GATED} }`),
  'careful.yaml': `risk: 0.5\n${threeSteps('careful', `{ id: b, action: gated_append, with: ${GATED} }`)}`,
};

const database = withDatabase();
const redis = withRedis();
let proxy: TcpProxy;
let reviver: Installation;
let recover: ReturnType<typeof createScenes>;

beforeAll(async () => {
  const { hostname, port } = new URL(database.url);
  proxy = await startTcpProxy({ host: hostname, port: Number(port) });
  reviver = await install({
    databaseUrl: proxy.through(database.url),
    redisUrl: redis.url,
    services: manyServices(20),
    runbooks: RUNBOOKS,
    extensions: FIXTURES,
    more: `max_concurrent_recoveries: 10
approvals: { rules: [{ when: "plan.name == 'careful'", need: 1, role: approver }, { when: "true", need: 0 }] }`,
  });
  recover = createScenes(reviver);
  await reviver.start('server', ['start', '--role', 'api']);
  await reviver.start('worker', ['worker']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
  await proxy.close();
}, 60_000);

/** The story of a recovery, one line an event. */
async function story(id: string): Promise<string[]> {
  const rows = await database.query(
    `SELECT kind, data->>'step_id' AS step FROM events WHERE recovery_id = $1 ORDER BY xid, id`,
    [Number(id.slice(2))],
  );
  return rows.map(({ kind, step }) => [kind, step].filter(Boolean).join(' '));
}

const UNDISTURBED = [
  'recovery.created',
  'recovery.started',
  ...['a', 'b', 'c'].flatMap((step) => [`step.started ${step}`, `step.succeeded ${step}`]),
  'recovery.succeeded',
];

describe('the reply to a commit is lost', () => {
  test('of taking a recovery: it is taken once, and goes on', async () => {
    const lost = proxy.loseReplyTo('\0take\0');
    const scene = await recover('gated');
    await lost;
    await scene.open();
    await scene.reaches('SUCCEEDED');
    expect(await scene.lines()).toEqual(['a', 'b', 'c']);
    expect(await story(scene.id)).toEqual(UNDISTURBED);
  }, 30_000);

  test('of finishing one step and beginning the next: applied once, no event doubled', async () => {
    const scene = await recover('gated');
    await scene.step(1, 'running');
    const lost = proxy.loseReplyTo('\0advance\0');
    await scene.open();
    await lost;
    await scene.reaches('SUCCEEDED');
    expect(await scene.lines()).toEqual(['a', 'b', 'c']);
    expect(await story(scene.id)).toEqual(UNDISTURBED);
  }, 30_000);

  test('of a start that consumes an approval: the approval counts, and the recovery goes on', async () => {
    const scene = await recover('careful');
    expect((await scene.view()).state).toBe('AWAITING_APPROVAL');
    const lost = proxy.loseReplyTo('\0take\0');
    expect((await reviver.call('POST', `/recoveries/${scene.id}/approve`, {}, 'lee')).status).toBe(200);
    await lost;
    await scene.open();
    await scene.reaches('SUCCEEDED');
    expect(await scene.lines()).toEqual(['a', 'b', 'c']);
    expect((await story(scene.id)).filter((line) => line.startsWith('recovery.'))).toEqual([
      'recovery.created',
      'recovery.started',
      'recovery.succeeded',
    ]);
  }, 30_000);

  test('of making a recovery: the client is told that it is not known, and asking again finds that one', async () => {
    const file = `${reviver.folder}/once.txt`;
    const ask = () =>
      reviver.call('POST', '/recover/s20', { runbook: 'gated', params: { file, gate: `${file}.gate` } });
    const lost = proxy.loseReplyTo('\0create\0');
    expect(await ask()).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    await lost;
    const again = await ask();
    expect(again.status).toBe(200);
    expect(await database.query(`SELECT id FROM recoveries WHERE service = 's20'`)).toEqual([
      { id: Number(again.body.id.slice(2)) },
    ]);
    await reviver.call('POST', `/recoveries/${again.body.id}/cancel`);
  }, 30_000);
});

describe('connections are ended by the server', () => {
  test('all of them, again and again while recoveries run: each ends right, no process does', async () => {
    const scenes = await Promise.all(Array.from({ length: 6 }, () => recover('gated')));
    for (let round = 0; round < 10; round += 1) {
      await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`);
      await scenes[round]?.open();
      await eventually(async () => expect((await reviver.call('GET', '/status')).status).toBe(200));
    }
    for (const scene of scenes) {
      await scene.reaches('SUCCEEDED');
      expect(await scene.lines()).toEqual(['a', 'b', 'c']);
      expect(await story(scene.id)).toEqual(UNDISTURBED);
    }
    expect(reviver.log('worker')).toContain('init_db_safe: Postgres is back');
  }, 30_000);
});

describe('a network that swallows everything', () => {
  test('does not keep anyone waiting, and the recovery goes on when it is healed', async () => {
    const scene = await recover('gated');
    await scene.step(1, 'running');
    proxy.blackHole();
    await scene.open();
    const began = performance.now();
    expect((await reviver.call('GET', `/recoveries/${scene.id}`)).status).toBe(503);
    expect(performance.now() - began).toBeLessThan(5_000);
    proxy.heal();
    await scene.reaches('SUCCEEDED');
    expect(await scene.lines()).toEqual(['a', 'b', 'c']);
    expect(await story(scene.id)).toEqual(UNDISTURBED);
  }, 30_000);
});
