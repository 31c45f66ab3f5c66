import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';
import { describeCompose } from '../../../support/compose.js';
import { describeDocker, withDocker } from '../../../support/docker.js';
import { eventually, processTable } from '../../../support/index.js';
import { containerServices, processServices, type Services } from './three-runtimes.js';

/** Takes seconds to end, so that what is told to stop meanwhile is in the middle. */
const SLOW = 'trap "sleep 3; exit 0" TERM; while :; do sleep 0.1; done';

const docker = withDocker();
const guardian = createGuardian();
afterAll(() => guardian.close());

/** What runs for the step, and what else was started below this process, the guardian aside. */
async function left(runKey: string, before: ReadonlySet<number>): Promise<string[]> {
  const table = await processTable();
  const below = (pid: number): boolean => {
    const parent = table.find((row) => row.pid === pid)?.ppid ?? 0;
    return parent === process.pid || (parent > 1 && below(parent));
  };
  return table
    .filter(({ pid, environment }) => environment.includes(`REVIVER_RUN=${runKey}`) || below(pid))
    .filter(({ pid, command }) => !before.has(pid) && !command.includes('while read -r verb group'))
    .map(({ command }) => command);
}

function leavesNothing(make: () => Promise<Services>): void {
  test.each([
    ['a timeout', (controller: AbortController) => void setTimeout(() => controller.abort(new Error('over')), 1_500)],
    ['a cancel', (controller: AbortController) => controller.abort(new Error('over'))],
  ])(
    'after %s, and it is as its status says',
    async (_name, end) => {
      const services = await make();
      const [name = ''] = services.names;
      const runKey = `left-${randomUUID()}`;
      const never = new AbortController().signal;
      const runtime = services.runtime(name, runKey, never);
      const { instance } = await runtime.start(never);
      const before = new Set((await processTable()).map(({ pid }) => pid));
      const stopping = `left-${randomUUID()}`;
      const controller = new AbortController();
      const told = services.runtime(name, stopping, controller.signal).stop(controller.signal);
      const outcome = told.then(
        () => 'stopped',
        (error: unknown) => String(error),
      );
      if (runtime.spawns) await eventually(async () => expect(await left(stopping, before)).not.toEqual([]));
      end(controller);
      expect(await outcome).toMatch(/over|AbortError/);
      await eventually(async () => expect(await left(stopping, before)).toEqual([]), { timeoutMs: 5_000 });
      const now = await services.runtime(name, runKey, never).status();
      expect([instance, null]).toContain(now.instance);
      await runtime.stop(never);
      expect(await services.runtime(name, runKey, never).status()).toMatchObject({ instance: null });
      expect((await processTable()).filter(({ cwd }) => cwd.startsWith(services.folder))).toEqual([]);
    },
    60_000,
  );
}

describe('a process that is being stopped leaves no program', () => {
  leavesNothing(() => processServices(1, SLOW, guardian));
});

describeDocker('a container that is being stopped leaves no program', () => {
  leavesNothing(() => containerServices(1, SLOW, 'docker', docker, guardian));
});

describeCompose('a service of Compose that is being stopped leaves no program', () => {
  leavesNothing(() => containerServices(1, SLOW, 'compose', docker, guardian));
});
