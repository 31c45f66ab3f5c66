import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';

/** Long names, so that this file's own programs are found and no others. */
const PROGRAMS = { web: 'sleep 72301', cache: 'sleep 72302', shop: 'sleep 72303' };

const service = (name: keyof typeof PROGRAMS, more: string) => `  - name: ${name}
    runtime: process
    process: { command: [${PROGRAMS[name].split(' ').join(', "')}"], cwd: . }
    health: [{ type: command, command: [pgrep, -f, "${PROGRAMS[name]}$"], interval: 100ms, timeout: 2s, failures: 2 }]
    ${more}`;

const SERVICES = [
  service(
    'web',
    'circuit_breaker: { failure_threshold: 3, timeout_duration: 10m }\n    recovery_strategies: [restart, circuit_break]',
  ),
  service('cache', 'circuit_breaker: { failure_threshold: 3, timeout_duration: 10m }\n    auto_recover: "risk < 0.3"'),
  service('shop', 'circuit_breaker: { failure_threshold: 1000 }\n    recovery_strategies: [circuit_break, restart]'),
].join('\n');

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let scheduler: Running;

beforeAll(async () => {
  reviver = await install({ databaseUrl: database.url, redisUrl: redis.url, services: SERVICES });
  await reviver.start('server', ['start', '--role', 'api']);
  await reviver.start('worker', ['worker']);
  // Before anybody looks: what is down would be brought back by itself.
  for (const name of Object.keys(PROGRAMS)) await restart(name);
  scheduler = await reviver.start('scheduler', ['start', '--role', 'scheduler']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
  // A service outlives Reviver, as it should; here nobody needs it any more.
  for (const program of Object.values(PROGRAMS)) kill(program);
}, 60_000);

function kill(program: string): void {
  spawnSync('pkill', ['-9', '-f', `${program}$`]);
}

async function restart(name: string): Promise<Answer> {
  const { status, body } = await reviver.call('POST', `/recover/${name}`, { strategy: 'restart' });
  expect(`${status} ${body.detail ?? ''}`).toMatch(/^20[02] $/);
  return reaches(body.id, 'SUCCEEDED');
}

async function reaches(id: string, state: string): Promise<Answer> {
  return eventually(
    async () => {
      const { body } = await reviver.call('GET', `/recoveries/${id}`);
      expect(body).toMatchObject({ state });
      return body;
    },
    { timeoutMs: 20_000 },
  );
}

async function breaker(name: string): Promise<Answer> {
  return (await reviver.call('GET', '/status')).body.circuit_breakers[name];
}

async function becomes(name: string, state: string, timeoutMs = 10_000): Promise<Answer> {
  return eventually(
    async () => {
      const found = await breaker(name);
      expect(found).toMatchObject({ state });
      return found;
    },
    { timeoutMs },
  );
}

/** The newest one. */
const incident = async (name: string): Promise<Answer> =>
  (
    await database.query(
      'SELECT id, fingerprint, title, detail, state FROM incidents WHERE service = $1 ORDER BY id DESC LIMIT 1',
      [name],
    )
  )[0];

/** Whatever was before is over: it is well, and nothing is counted. */
async function well(name: string): Promise<void> {
  await restart(name);
  await reviver.call('POST', `/circuit-breaker/${name}/reset`);
  await eventually(async () => expect((await incident(name))?.state).not.toBe('open'));
}

/** Events of its breaker, of those after `id`. */
async function breakerEvents(name: string, after = 0): Promise<{ id: number; kind: string }[]> {
  const found = await database.query(
    `SELECT id::int, kind FROM events WHERE data->>'service' = $1 AND kind LIKE 'breaker.%' AND id > $2 ORDER BY id`,
    [name, after],
  );
  return found.map(({ id, kind }) => ({ id: Number(id), kind: String(kind) }));
}

describe('a service that dies', () => {
  test('has an open breaker within a second of the deciding failure, says so in its incident, and a recovery closes it', async () => {
    await well('web');
    const last = (await breakerEvents('web')).at(-1)?.id;
    const before = await incident('web');
    kill(PROGRAMS.web);
    const open = await becomes('web', 'open');
    expect(open).toMatchObject({ openings: 1, opened_by: 'reviver', enabled: true });
    expect(open.reason).toBe('3 failures in a row, the last: exit code 1');

    await eventually(async () => expect((await incident('web')).detail).toContain('Its circuit breaker is open'));
    const found = await incident('web');
    expect(found).toMatchObject({ fingerprint: 'health:web', title: 'web is down', state: 'open' });
    const since = await database.query('SELECT id FROM incidents WHERE service = $1 AND id > $2', [
      'web',
      before?.id ?? 0,
    ]);
    expect(since).toHaveLength(1);
    expect(found.detail).toMatch(
      /^3 failures in a row, the last: exit code 1\. .* are refused for 10 min, then one is let through\. No recovery begins by itself \(auto_recover is not set\)\.$/,
    );
    expect((await reviver.call('GET', '/status')).body.active_recoveries).toBe(0);

    await restart('web');
    await becomes('web', 'closed', 3_000);
    await eventually(async () => expect((await incident('web')).state).toBe('resolved'));
    const kinds = (await breakerEvents('web', last)).map(({ kind }) => kind);
    expect(kinds).toEqual(['breaker.opened', 'breaker.half_open', 'breaker.closed']);
  }, 60_000);

  test('is brought back by itself where auto_recover allows it, once, in the name of the breaker', async () => {
    await well('cache');
    const earlier = (await reviver.call('GET', '/recoveries?service=cache')).body.items.length;
    kill(PROGRAMS.cache);
    await becomes('cache', 'open');
    await becomes('cache', 'closed', 20_000);
    const { body } = await reviver.call('GET', '/recoveries?service=cache');
    expect(body.items[0]).toMatchObject({
      requested_by: 'breaker',
      state: 'SUCCEEDED',
      reason: expect.stringContaining('its circuit breaker opened: 3 failures in a row'),
    });
    expect(body.items).toHaveLength(earlier + 1);
    await eventually(async () => expect((await incident('cache')).state).toBe('resolved'));
  }, 60_000);

  test('keeps its open breaker when the scheduler is killed, and another one goes on', async () => {
    kill(PROGRAMS.web);
    const before = await becomes('web', 'open');
    scheduler.kill('SIGKILL');
    await scheduler.ended;
    expect(await breaker('web')).toEqual(before);
    scheduler = await reviver.start('scheduler-2', ['start', '--role', 'scheduler']);
    await restart('web');
    await becomes('web', 'closed');
  }, 60_000);
});

describe('the strategy circuit_break', () => {
  test('keeps callers away until the service is well by itself', async () => {
    kill(PROGRAMS.shop);
    const { body } = await reviver.call('POST', '/recover/shop', { strategy: 'circuit_break' });
    const open = await becomes('shop', 'open');
    expect(open).toMatchObject({ opened_by: `${body.id}/0`, next_trial_at: expect.any(String) });
    // It comes to itself.
    spawnSync('sh', ['-c', `${PROGRAMS.shop} >/dev/null 2>&1 &`]);
    const done = await reaches(body.id, 'SUCCEEDED');
    expect(done.steps.map(({ action }: Answer) => action)).toEqual([
      'breaker_open',
      'check_health',
      'breaker_reset',
      'check_health',
    ]);
    expect(await breaker('shop')).toMatchObject({ state: 'closed', reason: null });
  }, 60_000);

  test('closes what it opened when the service does not get well', async () => {
    kill(PROGRAMS.shop);
    const { body } = await reviver.call('POST', '/recover/shop', { strategy: 'circuit_break' });
    await becomes('shop', 'open');
    await reviver.call('DELETE', '/recoveries/shop');
    await reaches(body.id, 'CANCELLED');
    await reviver.call('POST', `/recoveries/${body.id}/rollback`);
    await reaches(body.id, 'ROLLED_BACK');
    expect(await breaker('shop')).toMatchObject({ state: 'closed' });
  }, 60_000);
});

describe('by hand', () => {
  test('a reset over HTTP closes it, and says how it is', async () => {
    const text = 'breaker shop open --for 1h --reason "the cache is moved"';
    expect((await reviver.call('POST', '/console/api/commands', { channel: 'incidents', text })).status).toBe(202);
    expect(await becomes('shop', 'open')).toMatchObject({ opened_by: 'Ann', reason: 'the cache is moved' });
    const { status, body } = await reviver.call('POST', '/circuit-breaker/shop/reset');
    expect([status, body]).toMatchObject([200, { service: 'shop', state: 'closed', openings: 0 }]);
    expect((await reviver.call('POST', '/circuit-breaker/shopp/reset')).status).toBe(404);
    const [event] = await database.query(
      `SELECT actor FROM events WHERE kind = 'breaker.closed' ORDER BY id DESC LIMIT 1`,
    );
    expect(event).toEqual({ actor: 'Ann' });
  });
});

test('a program of its own shares the breakers, by the package as it is installed', async () => {
  await well('shop');
  const library = pathToFileURL(join(process.cwd(), 'dist', 'src', 'index.js')).href;
  const script = `
    import { openBreakers } from ${JSON.stringify(library)};
    const breakers = await openBreakers({ databaseUrl: ${JSON.stringify(database.url)}, services: { shop: { failureThreshold: 2 } } });
    const said = [];
    const call = (fn) => breakers.protect('shop', fn).then((value) => said.push(value), (error) => said.push(error.message));
    await call(async () => 'fine');
    for (let n = 0; n < 2; n += 1) await call(async () => { throw new Error('no route'); });
    while ((await breakers.state('shop')).state === 'closed') await new Promise((resolve) => setImmediate(resolve));
    await call(async () => 'not made');
    await breakers.close();
    console.log(JSON.stringify(said));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([
    'fine',
    'no route',
    'no route',
    expect.stringMatching(
      /^shop was not called: its circuit breaker is open \(2 failures in a row, the last: no route\)/,
    ),
  ]);
  expect((await becomes('shop', 'open')).opened_by).toBe('reviver');
}, 30_000);
