import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { checkService } from '../../../../src/engine/health/check-service.js';
import { withRedis } from '../../../../src/engine/health/redis-session.js';
import { runHealthCheck } from '../../../../src/engine/health/run-health-check.js';
import { within } from '../../../../src/engine/health/within.js';
import type { HealthCheck } from '../../../../src/engine/model/service.js';
import { eventually, freePort, startOwnRedis } from '../../../support/index.js';
import { required } from '../../../support/required.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';

const FILL = "for i = 1, 1000 do redis.call('set', 'key' .. i, i) end";
const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return address.port;
}

/** A server that takes every connection and never says a word. */
const silent = () => listen(createServer((socket) => socket.on('error', () => {}).resume()));

const check = (given: Partial<HealthCheck> & Pick<HealthCheck, 'type'>): HealthCheck => ({
  intervalMs: 1_000,
  timeoutMs: 2_000,
  failures: 1,
  ...given,
});

async function ask(given: Partial<HealthCheck> & Pick<HealthCheck, 'type'>) {
  const { durationMs, ...finding } = await runHealthCheck(check(given));
  expect(durationMs).toBeGreaterThanOrEqual(0);
  return finding;
}

describe('http', () => {
  test.each([
    [200, undefined, true],
    [302, undefined, true],
    [404, undefined, false],
    [503, undefined, false],
    [503, [503], true],
    [200, [204], false],
  ])('%i with expect_status %j is healthy: %s', async (status, expectStatus, healthy) => {
    const port = await listen(
      createHttpServer((_, response) => response.writeHead(status, { location: '/' }).end('x'.repeat(99_999))),
    );
    const url = `http://127.0.0.1:${port}/health`;
    expect(await ask({ type: 'http', url, expectStatus })).toEqual({
      healthy,
      detail: `HTTP ${status}`,
      facts: { status },
    });
  });

  test('that never answers is told after the timeout', async () => {
    const url = `http://127.0.0.1:${await listen(createHttpServer(() => {}))}`;
    expect(await ask({ type: 'http', url, timeoutMs: 200 })).toEqual({
      healthy: false,
      detail: 'no answer within 0.2 s',
    });
  });
});

describe.each(['http', 'tcp', 'redis', 'postgres'] as const)('%s', (type) => {
  test('where nothing listens is a refused connection', async () => {
    const url = `${type}://127.0.0.1:${await freePort()}`;
    expect(await ask({ type, url })).toMatchObject({ healthy: false, detail: 'connection refused' });
  });

  test('of a host that does not exist says so', async () => {
    const { detail } = await ask({ type, url: `${type}://no-such-host.invalid:1`, timeoutMs: 10_000 });
    expect(detail).toMatch(/^host (not found|name cannot be resolved now)$/);
  });

  test('without a URL, or aborted, is an answer and no throw', async () => {
    expect((await ask({ type })).healthy).toBe(false);
    const aborted = await runHealthCheck(
      check({ type, url: `${type}://127.0.0.1:1` }),
      AbortSignal.abort(new Error('shutting down')),
    );
    expect(aborted).toMatchObject({ healthy: false, detail: 'shutting down' });
  });
});

describe.each(['redis', 'postgres'] as const)('%s', (type) => {
  test('that takes connections and stays silent is told after the timeout', async () => {
    const url = `${type}://127.0.0.1:${await silent()}`;
    expect(await ask({ type, url, timeoutMs: 200 })).toMatchObject({
      healthy: false,
      detail: 'no answer within 0.2 s',
    });
  });
});

describe('tcp', () => {
  test('that is open is healthy', async () => {
    const port = await listen(createServer((socket) => socket.on('error', () => {}).destroy()));
    expect(await ask({ type: 'tcp', url: `tcp://127.0.0.1:${port}` })).toMatchObject({
      healthy: true,
      detail: `port ${port} is open`,
    });
  });
});

describe('redis', () => {
  test('that answers tells its keys, and when it needs a password says so', async () => {
    const redis = await startOwnRedis({ args: ['--requirepass', 'secret'] });
    const url = `redis://127.0.0.1:${redis.port}`;
    expect(await ask({ type: 'redis', url })).toMatchObject({
      healthy: false,
      detail: 'a password is needed, and the check has none',
    });
    const wrong = await ask({ type: 'redis', url: `redis://:wrong@127.0.0.1:${redis.port}` });
    expect(wrong).toMatchObject({ healthy: false, detail: 'user or password is wrong' });
    const right = await ask({ type: 'redis', url: `redis://:secret@127.0.0.1:${redis.port}` });
    expect(right).toEqual({ healthy: true, detail: 'PING answers, 0 keys', facts: { keys: 0 } });
  });

  test('that still loads is not well yet', async () => {
    const slowly = ['--key-load-delay', '2000', '--loading-process-events-interval-bytes', '1024', '--save', '60 1'];
    const redis = await startOwnRedis({ args: slowly });
    await within(5_000, undefined, (signal) => withRedis(redis.url, signal, (client) => client.eval(FILL, 0)));
    await redis.stop();
    const starting = redis.start();
    const { url } = redis;
    await eventually(async () => (await ask({ type: 'redis', url })).detail === 'LOADING: it still reads its data');
    await starting;
    expect(await ask({ type: 'redis', url })).toMatchObject({
      healthy: true,
      detail: 'PING answers, 1,000 keys',
      facts: { keys: 1000 },
    });
  });
});

describe('postgres', () => {
  test('that answers is healthy; a wrong password is not; without a user the refusal is an answer', async () => {
    const url = required('DATABASE_URL');
    expect(await ask({ type: 'postgres', url })).toMatchObject({ healthy: true, detail: 'answers select 1' });
    const wrong = new URL(url);
    wrong.password = 'wrong';
    const refused = await ask({ type: 'postgres', url: wrong.href });
    expect(refused).toMatchObject({ healthy: false, detail: expect.stringMatching(/^password authentication failed/) });
    expect(refused.detail).not.toContain('wrong');
    const { hostname, port } = wrong;
    expect(await ask({ type: 'postgres', url: `postgres://${hostname}:${port}` })).toMatchObject({
      healthy: true,
      detail: expect.stringMatching(/^accepts connections/),
    });
  });
});

describe('command', () => {
  test.each([
    [['true'], true, 'exit code 0'],
    [['sh', '-c', 'echo "42 rows"'], true, 'exit code 0: 42 rows'],
    [['sh', '-c', 'echo "no quorum" >&2; exit 2'], false, 'exit code 2: no quorum'],
    [['no-such-check'], false, 'no-such-check was not found: it is not on the PATH; nothing was run.'],
  ])('%j', async (command, healthy, detail) => {
    expect(await ask({ type: 'command', command })).toMatchObject({ healthy, detail });
  });

  test('that takes too long is ended', async () => {
    expect(await ask({ type: 'command', command: ['sleep', '300'], timeoutMs: 100 })).toEqual({
      healthy: false,
      detail: 'no answer within 0.1 s',
    });
  });
});

describe('a container check', () => {
  const seen = (status: 'running' | 'stopped', health?: string) =>
    checkService(serviceWith({ health: [check({ type: 'container' })] }), undefined, {
      look: async () => ({
        status,
        instance: 'a',
        summary: `container abc ${status}`,
        facts: health === undefined ? {} : { health },
      }),
    });

  test('is what its runtime sees, and what a container says of itself', async () => {
    expect(await seen('running')).toMatchObject({ healthy: true, detail: 'container abc running' });
    expect(await seen('running', 'healthy')).toMatchObject({ healthy: true });
    expect(await seen('running', 'starting')).toMatchObject({ healthy: false });
    expect(await seen('running', 'unhealthy')).toMatchObject({
      healthy: false,
      detail: 'container abc running says of itself: unhealthy',
    });
    expect(await seen('stopped')).toMatchObject({ healthy: false, detail: 'container abc stopped' });
  });

  test('without a runtime is never well, and says why', async () => {
    expect(await ask({ type: 'container' })).toMatchObject({
      healthy: false,
      detail: 'nobody here can look at the container',
    });
  });
});

describe('a service', () => {
  test('is healthy when all of its checks are, and tells what failed', async () => {
    const port = await listen(createServer((socket) => socket.on('error', () => {}).destroy()));
    const good = check({ type: 'tcp', url: `tcp://127.0.0.1:${port}` });
    const bad = check({ type: 'command', command: ['false'] });
    expect(await checkService(serviceWith({ health: [good] }))).toMatchObject({
      healthy: true,
      detail: `port ${port} is open`,
    });
    expect(await checkService(serviceWith({ health: [good, bad] }))).toMatchObject({
      healthy: false,
      detail: 'exit code 1',
    });
    expect(await checkService(serviceWith())).toBeUndefined();
  });
});
