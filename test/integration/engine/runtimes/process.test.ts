import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Service } from '../../../../src/engine/model/service.js';
import { groupRuns } from '../../../../src/engine/processes/group.js';
import { selfIdentity } from '../../../../src/engine/processes/identity.js';
import { groupsMarked } from '../../../../src/engine/processes/run-groups.js';
import { PID_FILE_MARKER } from '../../../../src/engine/runtimes/launch-detached.js';
import type { Runtime } from '../../../../src/engine/runtimes/runtime.js';
import { createRuntimes } from '../../../../src/engine/runtimes/runtimes.js';
import { eventually } from '../../../support/eventually.js';

const never = new AbortController().signal;
let dataDir: string;
let opened: Runtime[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'reviver-runtime-'));
  opened = [];
});
afterEach(async () => {
  for (const runtime of opened) await runtime.stop(never);
  await rm(dataDir, { recursive: true });
});

function runtimeOf(command: string[], env: Record<string, string> = {}): Runtime {
  const runtime = createRuntimes(() => [service(command, env)], { dataDir })('patient');
  opened.push(runtime);
  return runtime;
}

function startStarter() {
  const fixture = new URL('./starter-fixture.ts', import.meta.url).pathname;
  return spawn(process.execPath, ['--import', 'tsx', fixture, dataDir], {
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function service(command: string[], env: Record<string, string> = {}): Service {
  return {
    name: 'patient',
    runtime: 'process',
    process: { command, cwd: dataDir, env },
    health: [],
    recoveryStrategies: [],
    maxRecoveryAttempts: 3,
    criticality: 'medium',
    priority: 5,
    dependsOn: [],
  };
}

describe('start', () => {
  test('runs the program in its folder with its environment, and says which process it is', async () => {
    const runtime = runtimeOf(['sh', '-c', 'pwd; env; exec sleep 300'], { COLOUR: 'blue' });
    expect(await runtime.status()).toEqual({ status: 'stopped', instance: null, summary: 'not running', facts: {} });
    const started = await runtime.start(never);
    const pid = Number(started.facts.pid);
    expect(started).toEqual({
      status: 'running',
      instance: expect.stringMatching(`^${pid}@`),
      summary: `pid ${pid}`,
      facts: { pid },
    });
    expect(await runtime.status()).toEqual(started);
    expect(await runtime.logs(100)).toEqual(expect.arrayContaining([dataDir, 'COLOUR=blue']));
  });

  test('of one that runs returns it and starts nothing', async () => {
    const runtime = runtimeOf(['sleep', '300']);
    const first = await runtime.start(never);
    expect(await runtime.start(never)).toEqual(first);
  });

  test('twice at the same moment makes one process', async () => {
    const runtime = runtimeOf(['sh', '-c', 'echo up; exec sleep 300']);
    const started = await Promise.all([runtime.start(never), runtime.start(never)]);
    expect(started[0]?.instance).toBe(started[1]?.instance);
    expect((await runtime.logs(10)).filter((line) => line === 'up')).toHaveLength(1);
  });

  test('of a program that ends at once fails with what it printed last', async () => {
    const runtime = runtimeOf(['sh', '-c', 'echo one; echo "Bad file format" >&2; exit 4']);
    await expect(runtime.start(never)).rejects.toThrow(
      'patient ended at once (exit code 4); it does not run. Its last lines: one | Bad file format',
    );
    expect((await runtime.status()).status).toBe('stopped');
  });

  test('of a program that puts itself into the background is refused, and leaves nothing', async () => {
    const runtime = runtimeOf(['sh', '-c', 'setsid sleep 300 & echo $!']);
    await expect(runtime.start(never)).rejects.toThrow(/must stay in the foreground/);
    const group = Number((await runtime.logs(1))[0]);
    await eventually(async () => expect(await groupRuns(group)).toBe(false));
  });

  test('of a program that does not exist names it', async () => {
    await expect(runtimeOf(['no-such-server']).start(never)).rejects.toThrow(/no-such-server was not found/);
  });

  test('appends to the log of the run before', async () => {
    const runtime = runtimeOf(['sh', '-c', 'echo "run"; exec sleep 300']);
    await runtime.start(never);
    await runtime.stop(never);
    await runtime.start(never);
    expect(await runtime.logs(5)).toEqual(['run', 'run']);
    expect(await runtime.logs(1)).toEqual(['run']);
  });
});

describe('the process', () => {
  test('outlives the process that started it, and the next one finds it', async () => {
    const starter = startStarter();
    const instance = await new Promise<string>((resolve) =>
      starter.stdout.on(
        'data',
        (data) => /@\S+/.test(String(data)) && resolve(String(data).trim().split('\n').at(-1) ?? ''),
      ),
    );
    starter.kill('SIGKILL');
    await new Promise((resolve) => starter.once('exit', resolve));
    expect((await runtimeOf(['sleep', '300']).status()).instance).toBe(instance);
  });

  test('is known to the next one, at whatever moment of its start the worker was killed', async () => {
    const runtime = runtimeOf(['sleep', '300']);
    const marker = `${PID_FILE_MARKER}=${join(dataDir, 'processes', 'patient.pid')}`;
    let started = 0;
    for (let round = 0; round < 20; round += 1) {
      const starter = startStarter();
      await new Promise((resolve) => starter.stdout.once('data', resolve));
      await sleep(round);
      starter.kill('SIGKILL');
      await new Promise((resolve) => starter.once('exit', resolve));
      const { facts } = await eventually(async () => {
        const status = await runtime.status();
        expect(await groupsMarked(marker)).toEqual(status.status === 'running' ? [status.facts.pid] : []);
        return status;
      });
      if (facts.pid) started += 1;
      await runtime.stop(never);
    }
    expect(started).toBeGreaterThan(0);
  }, 60_000);

  test('is not mistaken for another one that got its process id', async () => {
    const runtime = runtimeOf(['sleep', '300']);
    const pidFile = join(dataDir, 'processes', 'patient.pid');
    await runtime.start(never);
    await runtime.stop(never);
    const self = await selfIdentity();
    const [boot, ticks] = self.startedAt.split(':');
    await writeFile(pidFile, `${self.pid} ${boot}:${Number(ticks) - 5}\n`);
    expect((await runtime.status()).status).toBe('stopped');
    await runtime.stop(never);
    expect((await runtime.start(never)).facts.pid).not.toBe(self.pid);
    expect(await readFile(pidFile, 'utf8')).not.toContain(`${self.pid} `);
  });
});

describe('stop', () => {
  test('ends the whole group, also when its leader was killed before', async () => {
    const runtime = runtimeOf(['sh', '-c', 'sleep 300 & sleep 300 & wait']);
    const { facts } = await runtime.start(never);
    const pid = Number(facts.pid);
    process.kill(pid, 'SIGKILL');
    await eventually(async () => (await runtime.status()).status === 'stopped');
    expect(await groupRuns(pid)).toBe(true);
    await runtime.stop(never);
    expect(await groupRuns(pid)).toBe(false);
  });

  test('of one that does not run is done', async () => {
    expect((await runtimeOf(['sleep', '300']).stop(never)).status).toBe('stopped');
  });

  test('stops waiting when it is aborted, and the service is as status says', async () => {
    const runtime = runtimeOf(['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done']);
    const { facts } = await runtime.start(never);
    const controller = new AbortController();
    const stopping = runtime.stop(controller.signal);
    controller.abort(new Error('cancelled'));
    await expect(stopping).rejects.toThrow('cancelled');
    expect((await runtime.status()).status).toBe('running');
    process.kill(-Number(facts.pid), 'SIGKILL');
    await eventually(async () => (await runtime.status()).status === 'stopped');
  });

  test('kills what ignores SIGTERM after ten seconds', async () => {
    const runtime = runtimeOf(['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done']);
    const { facts } = await runtime.start(never);
    expect((await runtime.stop(never)).status).toBe('stopped');
    expect(await groupRuns(Number(facts.pid))).toBe(false);
  }, 20_000);
});
