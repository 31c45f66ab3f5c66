import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDatabaseClock } from '../../../../src/app/database-clock.js';
import { type Breakers, createBreakers } from '../../../../src/engine/breakers/breakers.js';
import { startProber } from '../../../../src/engine/breakers/prober.js';
import { fixedDirectory } from '../../../../src/engine/discovery/directory.js';
import { checkService } from '../../../../src/engine/health/check-service.js';
import { startMonitor } from '../../../../src/engine/health/monitor.js';
import type { Service } from '../../../../src/engine/model/service.js';
import { createAvailabilityStore } from '../../../../src/store/availability-store.js';
import { createBreakerStore } from '../../../../src/store/breaker-store.js';
import { createIncidentStore } from '../../../../src/store/incident-store.js';
import { aService, breakerSettings } from '../../../support/builders.js';
import { eventually, freePort } from '../../../support/index.js';
import { aDraft, withStore } from '../../store/open-store.js';

const on = withStore();
const log = () => {};
const FAILURES = 3;
let patient: ChildProcess;
let service: Service;
const ended: { stop(): Promise<void> }[] = [];

const SERVE = `require('node:net').createServer((socket) => socket.end()).listen(Number(process.argv[1]), '127.0.0.1')`;

async function startPatient(port: number): Promise<void> {
  patient = spawn(process.execPath, ['-e', SERVE, String(port)], { stdio: 'ignore' });
  await eventually(async () => expect(await checkService(service)).toMatchObject({ healthy: true }));
}

beforeAll(async () => {
  const port = await freePort();
  const check = {
    type: 'tcp' as const,
    url: `tcp://127.0.0.1:${port}`,
    intervalMs: 100,
    timeoutMs: 1_000,
    failures: 2,
  };
  const breaker = breakerSettings({ failureThreshold: FAILURES, openMs: 3_600_000, maxOpenMs: 3_600_000 });
  service = aService('echo', { health: [check], breaker });
  await startPatient(port);
});
afterAll(async () => {
  for (const one of ended.reverse()) await one.stop();
  patient.kill('SIGKILL');
});

function aProcess(): Breakers {
  const breakers = createBreakers({
    services: () => [service],
    store: createBreakerStore(on.pool),
    clock: createDatabaseClock(),
    changed: () => {},
    log,
  });
  ended.push({ stop: breakers.close });
  return breakers;
}

test('a service that dies has an open breaker within a second of the deciding check; a recovery that helped closes it', async () => {
  const [watching, calling] = [aProcess(), aProcess()];
  await Promise.all([watching.follow(), calling.follow()]);
  const bad: number[] = [];
  const check = async (one: Service, signal: AbortSignal) => {
    const result = (await checkService(one, signal)) ?? { healthy: true, detail: '', durationMs: 0 };
    if (!result.healthy) bad.push(Date.now());
    return result;
  };
  const leads = async () => true;
  ended.push(
    startMonitor({
      directory: fixedDirectory([service]),
      check: (one, signal) => watching.watch(one.name, () => check(one, signal), signal),
      incidents: createIncidentStore(on.pool, on.source),
      availability: createAvailabilityStore(on.pool),
      ask: check,
      maintenance: async () => [],
      leads,
      now: () => new Date(),
      log,
    }),
    startProber({ breakers: watching, services: () => [service], check, leads, log }),
  );

  await calling.protect('echo', async () => 'heard');
  patient.kill('SIGKILL');
  await once(patient, 'exit');
  await eventually(() =>
    expect(calling.protect('echo', async () => 'not made')).rejects.toThrow(/circuit breaker is open/),
  );
  const refusedAt = Date.now();
  expect(refusedAt - (bad[FAILURES - 1] ?? 0)).toBeLessThan(2_000);
  const [opened] = (await on.pool.query(`SELECT since, body->>'reason' AS reason FROM breakers`)).rows;
  expect(opened.since.getTime() - (bad[FAILURES - 1] ?? 0)).toBeLessThan(1_000);
  expect(opened.reason).toBe('3 failures in a row, the last: connection refused');

  // It is well again, but nobody knows yet: an open breaker asks for nothing before its time.
  const port = Number(new URL(service.health[0]?.url ?? '').port);
  await startPatient(port);
  expect((await calling.look('echo')).view.state).toBe('open');
  const { recovery } = await on.store.create(aDraft('echo'));
  await on.pool.query(`UPDATE recoveries SET state = 'SUCCEEDED', ended_at = clock_timestamp() WHERE id = $1`, [
    recovery.id,
  ]);
  await eventually(async () => expect((await calling.look('echo')).view.state).toBe('closed'), { timeoutMs: 3_000 });
  await eventually(() => expect(calling.protect('echo', async () => 'heard')).resolves.toBe('heard'));
}, 30_000);
