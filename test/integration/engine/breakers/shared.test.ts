import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { createDatabaseClock } from '../../../../src/app/database-clock.js';
import { type Breakers, createBreakers } from '../../../../src/engine/breakers/breakers.js';
import { createBreakerStore } from '../../../../src/store/breaker-store.js';
import { createPool } from '../../../../src/store/pool.js';
import { aService, breakerSettings } from '../../../support/builders.js';
import { eventually, withDatabase } from '../../../support/index.js';
import { startTcpProxy, type TcpProxy } from '../../../support/tcp-proxy.js';

const database = withDatabase();
const breaker = breakerSettings({
  failureThreshold: 3,
  openMs: 300,
  maxOpenMs: 1_000,
  requestTimeoutMs: 400,
  maxConcurrentCalls: 2,
});
const patient = breakerSettings({ failureThreshold: 3, openMs: 3_600_000, maxOpenMs: 3_600_000 });
const patientCalls = { ...breaker, requestTimeoutMs: 60_000 };
const services = [
  aService('redis', { breaker }),
  aService('slow', { breaker: patientCalls }),
  aService('web', { breaker: patient }),
  aService('bare'),
];
const refusesCalls = () => Promise.reject(new Error('connection refused'));
const answers = async () => 'PONG';

let proxy: TcpProxy;
let opened: { breakers: Breakers; pool: Pool }[] = [];

beforeAll(async () => {
  const { hostname, port } = new URL(database.url);
  proxy = await startTcpProxy({ host: hostname, port: Number(port) });
});
afterAll(() => proxy.close());
beforeEach(() => database.query('DELETE FROM breakers'));
afterEach(async () => {
  for (const { breakers, pool } of opened) await breakers.close().finally(() => pool.end());
  opened = [];
});

/** A process of its own, as far as breakers can tell: its own connections, its own memory. */
async function aProcess(changed: (service: string) => void = () => {}): Promise<Breakers> {
  const pool = createPool(proxy.through(database.url), { connections: 3 });
  const breakers = createBreakers({
    services: () => services,
    store: createBreakerStore(pool),
    clock: createDatabaseClock(),
    changed,
    log: () => {},
  });
  opened.push({ breakers, pool });
  await breakers.follow();
  return breakers;
}

/** Two that tell each other, as the signals over Redis do. */
async function twoProcesses(): Promise<[Breakers, Breakers]> {
  const both: Breakers[] = [];
  const tell = (service: string) => {
    for (const one of both) one.heard(service);
  };
  both.push(await aProcess(tell), await aProcess(tell));
  const [a, b] = both;
  if (!a || !b) throw new Error('two were made');
  return [a, b];
}

const stateOf = async (breakers: Breakers, service = 'redis') => (await breakers.look(service)).view.state;

describe('two processes', () => {
  test('count failures together, and both refuse within a second of the last one', async () => {
    const [a, b] = await twoProcesses();
    for (const one of [a, b, a]) await expect(one.protect('web', refusesCalls)).rejects.toThrow('connection refused');
    const since = performance.now();
    await eventually(async () => expect(await stateOf(b, 'web')).toBe('open'));
    for (const one of [a, b])
      await eventually(() =>
        expect(one.protect('web', answers)).rejects.toThrow(
          /^web was not called: its circuit breaker is open \(3 failures in a row, the last: connection refused\)/,
        ),
      );
    expect(performance.now() - since).toBeLessThan(1_000);
  });

  test('agree without signals, too, within the time of a poll', async () => {
    const [a, b] = [await aProcess(), await aProcess()];
    for (let n = 0; n < 3; n += 1) await a.protect('web', refusesCalls).catch(() => undefined);
    await eventually(() => expect(b.protect('web', answers)).rejects.toThrow(/was not called/), { timeoutMs: 2_000 });
  });

  test('lose no failure when they write at the same moment', async () => {
    const [a, b] = await twoProcesses();
    await Promise.all([a, b, a].map((one) => one.protect('web', refusesCalls).catch(() => undefined)));
    await eventually(async () => expect(await stateOf(a, 'web')).toBe('open'));
    expect((await b.look('web')).view).toMatchObject({ openings: 1, failuresInARow: 3 });
  });

  test('a success of one ends the row of failures of the other', async () => {
    const [a, b] = await twoProcesses();
    await a.protect('web', refusesCalls).catch(() => undefined);
    await a.protect('web', refusesCalls).catch(() => undefined);
    await eventually(async () => expect((await b.look('web')).view.failuresInARow).toBe(2));
    await b.protect('web', answers);
    await eventually(async () => expect((await a.look('web')).view.failuresInARow).toBe(0));
    await a.protect('web', refusesCalls).catch(() => undefined);
    expect(await stateOf(a, 'web')).toBe('closed');
  });

  test('let exactly one call through when the time is over, however many ask at once', async () => {
    const [a, b] = await twoProcesses();
    for (let n = 0; n < 3; n += 1) await a.protect('slow', refusesCalls).catch(() => undefined);
    await eventually(() => expect([a.due(), b.due()]).toEqual([['slow'], ['slow']]));
    let made = 0;
    let refused = 0;
    let end = (_: string): void => {};
    const held = () => {
      made += 1;
      return new Promise<string>((resolve) => {
        end = resolve;
      });
    };
    const refuse = () => {
      refused += 1;
    };
    const asked = [a, b, a, b, a, b].map((one) => one.protect('slow', held).catch(refuse));
    await eventually(() => expect([made, refused]).toEqual([1, 5]));
    expect([await stateOf(a, 'slow'), await stateOf(b, 'slow')]).toEqual(['half_open', 'half_open']);
    end('PONG');
    await Promise.all(asked);
    await eventually(async () => expect(await stateOf(b, 'slow')).toBe('closed'));
    await expect(a.protect('slow', answers)).resolves.toBe('PONG');
  });
});

test('an open breaker is open for a process that was started after it, with all that is known', async () => {
  const a = await aProcess();
  for (let n = 0; n < 3; n += 1) await a.protect('web', refusesCalls).catch(() => undefined);
  await eventually(async () => expect(await stateOf(a, 'web')).toBe('open'));
  const before = (await a.look('web')).view;
  await a.close();
  const b = await aProcess();
  await expect(b.protect('web', answers)).rejects.toThrow(/one call is let through in 1 h 00 min/);
  expect((await b.look('web')).view).toEqual(before);
});

test('a trial that fails opens it for twice as long', async () => {
  const a = await aProcess();
  for (let n = 0; n < 3; n += 1) await a.protect('redis', refusesCalls).catch(() => undefined);
  await eventually(() => expect(a.due()).toEqual(['redis']));
  await a.protect('redis', refusesCalls).catch(() => undefined);
  await eventually(async () => expect((await a.look('redis')).view.openings).toBe(2));
  const { breaker } = await a.look('redis');
  expect(breaker.state === 'open' && (breaker.trialAt ?? 0) - breaker.since).toBe(600);
});

test('a trial whose process died is made again by another one', async () => {
  const a = await aProcess();
  for (let n = 0; n < 3; n += 1) await a.protect('slow', refusesCalls).catch(() => undefined);
  await eventually(() => expect(a.due()).toEqual(['slow']));
  const own = new AbortController();
  const lost = a.protect('slow', () => new Promise(() => {}), own.signal).catch(() => undefined);
  await eventually(async () => expect(await stateOf(a, 'slow')).toBe('half_open'));
  await database.query(`UPDATE breakers SET body = jsonb_set(body, '{until}', '1'), revision = revision + 1`);
  const b = await aProcess();
  await expect(b.protect('slow', answers)).resolves.toBe('PONG');
  await eventually(async () => expect(await stateOf(b, 'slow')).toBe('closed'));
  own.abort();
  await lost;
  await a.close();
  expect(await stateOf(b, 'slow')).toBe('closed');
});

describe('by hand', () => {
  test('opened without a limit it stays open until it is reset, in every process', async () => {
    const [a, b] = await twoProcesses();
    const view = await a.open('redis', { by: 'Ann', reason: 'the cache is moved' });
    expect(view).toMatchObject({ state: 'open', by: 'Ann', trialAt: null });
    await eventually(() =>
      expect(b.protect('redis', answers)).rejects.toThrow(
        'redis was not called: its circuit breaker is open (the cache is moved); it waits for a reset.',
      ),
    );
    expect(await b.reset('redis', 'Lee')).toMatchObject({ state: 'closed', failuresInARow: 0 });
    await eventually(() => expect(a.protect('redis', answers)).resolves.toBe('PONG'));
    const events = await database.query(
      `SELECT kind, actor, data->>'reason' AS reason FROM events ORDER BY id DESC LIMIT 2`,
    );
    expect(events.reverse()).toEqual([
      { kind: 'breaker.opened', actor: 'Ann', reason: 'the cache is moved' },
      { kind: 'breaker.closed', actor: 'Lee', reason: null },
    ]);
  });

  test('a reset of a closed one writes nothing', async () => {
    const a = await aProcess();
    await a.reset('redis', 'Ann');
    expect(await database.query('SELECT * FROM breakers')).toEqual([]);
  });

  test('a service without a breaker says what it needs', async () => {
    const a = await aProcess();
    await expect(a.open('bare', { by: 'Ann', reason: '' })).rejects.toThrow(/circuit_breaker_enabled: true/);
    await expect(a.reset('rediss', 'Ann')).rejects.toThrow('No service "rediss". Did you mean redis?');
  });
});

describe('a call', () => {
  test('that takes too long is a failure, whether it heeds its signal or not', async () => {
    const a = await aProcess();
    let aborted = false;
    const hangs = (signal: AbortSignal) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return new Promise(() => {});
    };
    for (let n = 0; n < 3; n += 1)
      await expect(a.protect('redis', hangs)).rejects.toThrow('redis did not answer within 0.4 s (request_timeout)');
    expect(aborted).toBe(true);
    await eventually(async () => expect(await stateOf(a)).toBe('open'));
  });

  test('beyond the limit at once is not made, and says nothing about the service', async () => {
    const a = await aProcess();
    let end = (_: string): void => {};
    const held = new Promise<string>((resolve) => {
      end = resolve;
    });
    const both = [a.protect('redis', () => held), a.protect('redis', () => held)];
    for (let n = 0; n < 5; n += 1) await expect(a.protect('redis', answers)).rejects.toThrow(/2 calls at once already/);
    expect((await a.look('redis')).view).toMatchObject({ state: 'closed', inFlight: 2 });
    end('PONG');
    await expect(Promise.all(both)).resolves.toEqual(['PONG', 'PONG']);
    await expect(a.protect('redis', answers)).resolves.toBe('PONG');
    expect((await a.look('redis')).view).toMatchObject({ state: 'closed', calls: 0, inFlight: 0 });
  });

  test('that its caller took back says nothing about the service', async () => {
    const a = await aProcess();
    for (let n = 0; n < 4; n += 1) {
      const own = new AbortController();
      const call = a.protect('redis', () => new Promise(() => {}), own.signal);
      own.abort(new Error('the user went away'));
      await expect(call).rejects.toThrow('the user went away');
    }
    expect((await a.look('redis')).view).toMatchObject({ state: 'closed', calls: 0 });
  });

  test('goes on as before while the store is away, and its failures count when it is back', async () => {
    const a = await aProcess();
    proxy.blackHole();
    for (let n = 0; n < 2; n += 1) await a.protect('redis', refusesCalls).catch(() => undefined);
    await expect(a.protect('redis', answers)).resolves.toBe('PONG');
    proxy.heal();
    await eventually(async () => expect((await a.look('redis')).view).toMatchObject({ calls: 3 }), {
      timeoutMs: 15_000,
    });
  }, 30_000);
});
