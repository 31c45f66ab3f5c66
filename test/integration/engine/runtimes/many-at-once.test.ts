import { afterAll, expect, test } from '@jest/globals';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';
import type { Runtime, RuntimeStatus } from '../../../../src/engine/runtimes/runtime.js';
import { describeCompose } from '../../../support/compose.js';
import { describeDocker, withDocker } from '../../../support/docker.js';
import { containerServices, processServices, type Services } from './three-runtimes.js';

const MANY = 100;
/** Nobody waits longer than this many times what the one in the middle does. */
const FAIR = 4;
/** Ends at once, and takes no time of the machine meanwhile. */
const QUIET = 'trap "exit 0" TERM; sleep 1000000 & wait';

const docker = withDocker();
const guardian = createGuardian();
afterAll(() => guardian.close());

async function atOnce(
  what: string,
  { names, runtime }: Services,
  act: (runtime: Runtime, signal: AbortSignal) => Promise<RuntimeStatus>,
): Promise<RuntimeStatus[]> {
  const began = performance.now();
  const ended: number[] = [];
  const all = await Promise.all(
    names.map(async (name) => {
      const signal = AbortSignal.timeout(240_000);
      const status = await act(runtime(name, `many-${process.pid}-${what}-${name}`, signal), signal);
      ended.push(performance.now() - began);
      return status;
    }),
  );
  const [median = 0, last = 0] = [ended[Math.floor(MANY / 2)], ended.at(-1)];
  process.stderr.write(
    `${MANY} at once, ${what}: median ${Math.round(median)} ms, the last ${Math.round(last)} ms (${(last / median).toFixed(1)} times)\n`,
  );
  expect(last / median).toBeLessThan(FAIR);
  return all;
}

async function restart(runtime: Runtime, signal: AbortSignal): Promise<RuntimeStatus> {
  await runtime.stop(signal);
  return runtime.start(signal);
}

const instances = (all: readonly RuntimeStatus[]): Set<string | null> => new Set(all.map(({ instance }) => instance));

test('100 processes are restarted at once, and none of them starves', async () => {
  const services = await processServices(MANY, QUIET, guardian);
  const first = await atOnce('start of processes', services, (runtime, signal) => runtime.start(signal));
  try {
    const second = await atOnce('restart of processes', services, restart);
    expect(instances(second).size).toBe(MANY);
    expect(second.every(({ instance }) => !instances(first).has(instance))).toBe(true);
  } finally {
    await atOnce('stop of processes', services, (runtime, signal) => runtime.stop(signal));
  }
}, 300_000);

describeDocker('100 containers', () => {
  test('are restarted at once, and none of them starves', async () => {
    const services = await containerServices(MANY, QUIET, 'docker', docker, guardian);
    const restarted = await atOnce('restart of containers', services, restart);
    expect(instances(restarted).size).toBe(MANY);
    expect(restarted.every(({ status }) => status === 'running')).toBe(true);
  }, 600_000);
});

describeCompose('100 services of Compose', () => {
  test('are stopped at once, and none of them starves', async () => {
    const services = await containerServices(MANY, QUIET, 'compose', docker, guardian);
    const stopped = await atOnce('stop by Compose', services, (runtime, signal) => runtime.stop(signal));
    expect(stopped.every(({ status }) => status === 'stopped')).toBe(true);
  }, 600_000);
});
