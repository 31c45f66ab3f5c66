import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../../src/engine/actions/action.js';
import { begun } from '../../../../src/engine/backups/gathered.js';
import { createExec } from '../../../../src/engine/processes/exec.js';
import { groupRuns } from '../../../../src/engine/processes/group.js';
import { createGuardian, type Guardian } from '../../../../src/engine/processes/guardian.js';
import { identityOf } from '../../../../src/engine/processes/identity.js';
import { clearGroupsOf, groupsOf } from '../../../../src/engine/processes/run-groups.js';
import { eventually } from '../../../support/eventually.js';
import { childrenOf } from './process-table.js';

const ROUNDS = 20;
let folder: string;
let guardian: Guardian;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reviver-exec-'));
  guardian = createGuardian();
});
afterEach(async () => {
  await guardian.close();
  await rm(folder, { recursive: true });
});

/** A name that no other run of these tests has. */
const newRunKey = () => `test-${randomUUID()}`;

function start(options: { signal?: AbortSignal; runKey?: string } = {}) {
  return createExec(guardian)({
    runKey: options.runKey ?? newRunKey(),
    signal: options.signal ?? new AbortController().signal,
  });
}

describe('a command that runs', () => {
  test('gives its exit code and what it printed, and gets its arguments as they are', async () => {
    const result = await start()(
      ['sh', '-c', 'printf "%s|" "$@"; echo oops >&2; exit 3', 'sh', 'a b', '$HOME; ls', "'"],
      {},
    );
    expect(result).toEqual({ exitCode: 3, stdout: "a b|$HOME; ls|'|", stderr: 'oops\n' });
  });

  test('keeps what it wrote for who begins to read at once and works when it has ended', async () => {
    const file = join(folder, 'pid');
    let bytes = 0;
    await start()(['sh', '-c', 'echo $$ > "$0"; exec head -c 20000 /dev/zero', file], {
      async take(stdout) {
        const ahead = begun(stdout);
        const pid = await eventually(async () => Number(await readFile(file, 'utf8')));
        await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
        for await (const piece of ahead) bytes += piece.length;
      },
    });
    expect(bytes).toBe(20_000);
  });

  test('sees only PATH, HOME, LANG, what it was given, and the markers of its run', async () => {
    process.env.REVIVER_TEST_SECRET = 'do not inherit';
    const { stdout } = await start({ runKey: 'R-1/2' })(['env'], { env: { COLOUR: 'blue' } });
    delete process.env.REVIVER_TEST_SECRET;
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.filter((name) => !['PATH', 'HOME', 'LANG', 'PWD'].includes(name ?? '')).sort()).toEqual([
      'COLOUR',
      'REVIVER_EPOCH',
      'REVIVER_RUN',
    ]);
    expect(stdout).toContain('REVIVER_RUN=R-1/2\n');
  });

  test('runs in the folder that it was given', async () => {
    expect((await start()(['pwd', '-P'], { cwd: '/usr/bin' })).stdout).toBe('/usr/bin\n');
  });

  test('keeps the end of an output that is too long, whole characters only', async () => {
    const { stdout } = await start()(['sh', '-c', 'seq 1 200000; printf "ääääää"'], { maxOutput: 9 });
    expect(stdout).toBe('ääää');
  });

  test('ended by a signal has the exit code that a shell would show', async () => {
    expect((await start()(['sh', '-c', 'kill -9 $$'], {})).exitCode).toBe(137);
  });

  test('leaves nothing in its group that runs on, even where that holds the output', async () => {
    const runKey = newRunKey();
    const result = await start({ runKey })(['sh', '-c', 'sleep 300 & echo started'], {});
    expect(result).toMatchObject({ exitCode: 0, stdout: 'started\n' });
    expect(await groupsOf(runKey)).toEqual([]);
  });
});

describe('a command that cannot run', () => {
  test.each([
    [['no-such-program-here'], 'program_not_found', /no-such-program-here was not found: it is not on the PATH/],
    [['/no/such/file', 'x'], 'program_not_found', /\/no\/such\/file was not found: there is no such file/],
    [[], 'empty_command', /empty/],
  ])('%j is an error that names it', async (command, code, message) => {
    const failure = await start()(command, {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ActionError);
    expect(failure).toMatchObject({ options: { code, retryable: false }, message: expect.stringMatching(message) });
  });

  test('because the file is not executable is an error that says so', async () => {
    await writeFile(join(folder, 'script'), 'echo hi', { mode: 0o644 });
    await expect(start()(['./script'], { cwd: folder })).rejects.toThrow(
      './script is not executable; nothing was run.',
    );
  });

  test('in a folder that does not exist is an error that names the folder', async () => {
    await expect(start()(['true'], { cwd: '/no/such/folder' })).rejects.toThrow(
      /folder \/no\/such\/folder .* does not exist/,
    );
  });
});

describe('an abort', () => {
  test('before the start starts nothing', async () => {
    const reason = new Error('cancelled');
    await expect(start({ signal: AbortSignal.abort(reason) })(['touch', join(folder, 'x')], {})).rejects.toBe(reason);
    await expect(readFile(join(folder, 'x'))).rejects.toThrow(/ENOENT/);
  });

  test('ends grandchildren that ignore SIGTERM and hold the output, and then rejects with its reason', async () => {
    const reason = new Error('timed out');
    const rounds = Array.from({ length: ROUNDS }, async (_, round) => {
      const controller = new AbortController();
      const runKey = newRunKey();
      const up = join(folder, `up-${round}`);
      const script = `trap '' TERM; (trap '' TERM; sh -c 'trap "" TERM; echo >"$0"; sleep 300' "$1") & sleep 300`;
      const running = start({ signal: controller.signal, runKey })(['sh', '-c', script, 'sh', up], {}).catch(
        (error: unknown) => error,
      );
      await eventually(async () =>
        readFile(up).then(
          () => true,
          () => false,
        ),
      );
      controller.abort(reason);
      expect(await running).toBe(reason);
      expect(await groupsOf(runKey)).toEqual([]);
    });
    await Promise.all(rounds);
  }, 60_000);

  test('asks a program to end by the signal that it wants, and waits for it', async () => {
    const controller = new AbortController();
    const [up, ended] = [join(folder, 'up'), join(folder, 'ended')];
    const script = `trap 'sleep 3; echo tidy >"$2"; exit 0' INT; trap 'echo torn >"$2"; exit 0' TERM
      echo >"$1"; while :; do sleep 0.05; done`;
    const running = start({ signal: controller.signal })(['sh', '-c', script, 'sh', up, ended], {
      stopSignal: 'SIGINT',
      graceMs: 10_000,
    }).catch((error: unknown) => error);
    await eventually(async () => expect(await readFile(up, 'utf8')).toBe('\n'));
    controller.abort('enough');
    expect(await running).toBe('enough');
    expect(await readFile(ended, 'utf8')).toBe('tidy\n');
  });

  test('ends what passes over that signal, and what it leaves behind, when the time is over', async () => {
    const controller = new AbortController();
    const runKey = newRunKey();
    const up = join(folder, 'up');
    const script = `trap '' INT TERM; (trap '' INT TERM; sleep 300) & echo >"$1"; while :; do sleep 0.05; done`;
    const running = start({ signal: controller.signal, runKey })(['sh', '-c', script, 'sh', up], {
      stopSignal: 'SIGINT',
      graceMs: 300,
    }).catch((error: unknown) => error);
    await eventually(async () => expect(await readFile(up, 'utf8')).toBe('\n'));
    const told = performance.now();
    controller.abort('enough');
    expect(await running).toBe('enough');
    expect(performance.now() - told).toBeLessThan(5_000);
    expect(await groupsOf(runKey)).toEqual([]);
  });

  test('also ends what left the process group', async () => {
    const controller = new AbortController();
    const runKey = newRunKey();
    const running = start({ signal: controller.signal, runKey })(
      ['sh', '-c', 'setsid sleep 300 & sleep 300'],
      {},
    ).catch(() => {});
    await eventually(async () => ((await groupsOf(runKey)) ?? []).length === 2);
    controller.abort();
    await running;
    expect(await groupsOf(runKey)).toEqual([]);
  });
});

describe('the guardian', () => {
  test('that was killed is replaced, and the new one knows the groups', async () => {
    const controller = new AbortController();
    const runKey = newRunKey();
    const running = start({ signal: controller.signal, runKey })(['sleep', '300'], {}).catch(() => {});
    await eventually(async () => ((await groupsOf(runKey)) ?? []).length === 1);
    const first = await findGuardian(process.pid);
    process.kill(first, 'SIGKILL');
    await eventually(async () => (await findGuardian(process.pid).catch(() => first)) !== first);
    const [group = 0] = (await groupsOf(runKey)) ?? [];
    expect(await groupRuns(group)).toBe(true);
    await guardian.close();
    await eventually(async () => !(await groupRuns(group)));
    await running;
  });

  test('ignores INT, TERM and HUP', async () => {
    await start()(['true'], {});
    const pid = await findGuardian(process.pid);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    expect((await start()(['true'], {})).exitCode).toBe(0);
    expect(await findGuardian(process.pid)).toBe(pid);
  });
});

describe('a worker that is killed with SIGKILL', () => {
  test.each([['once'], ['loop']])(
    'in the middle of a command (%s) leaves nothing behind',
    async (mode) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const runKey = newRunKey();
        const up = join(folder, `${mode}-${round}`);
        const worker = startWorker(mode, runKey, up);
        if (mode === 'once')
          await eventually(async () =>
            readFile(up).then(
              () => true,
              () => false,
            ),
          );
        else await new Promise((resolve) => worker.stdout.once('data', resolve));
        if (mode === 'loop') await sleep(round * 3);
        const guard = await findGuardian(worker.pid ?? 0);
        process.kill(worker.pid ?? 0, 'SIGKILL');
        await eventually(async () => (await groupsOf(runKey))?.length === 0);
        await eventually(async () => (await identityOf(guard)) === undefined);
        expect(await clearGroupsOf(runKey)).toBe('gone');
      }
    },
    120_000,
  );
});

test('a worker that dies before the guardian answered leaves nothing behind', async () => {
  for (let round = 0; round < 5; round += 1) {
    const runKey = newRunKey();
    const worker = startWorker('unheard', runKey, '');
    await new Promise((resolve) => worker.once('exit', resolve));
    await eventually(async () => (await groupsOf(runKey))?.length === 0);
  }
}, 60_000);

describe('the leftovers of a dead worker', () => {
  test('are ended by whoever takes over, also outside their group', async () => {
    const runKey = newRunKey();
    const env = { PATH: process.env.PATH ?? '', REVIVER_RUN: runKey };
    const left = spawn('sh', ['-c', 'setsid sleep 300 & sleep 300'], { detached: true, env, stdio: 'ignore' });
    await eventually(async () => ((await groupsOf(runKey)) ?? []).length === 2);
    expect(await clearGroupsOf(runKey)).toBe('killed');
    expect(await clearGroupsOf(runKey)).toBe('gone');
    expect(left.pid && (await groupRuns(left.pid))).toBe(false);
  });

  test('of another run are left alone', async () => {
    const runKey = newRunKey();
    const running = start({ runKey: `${runKey}0` })(['sleep', '0.2'], {});
    expect(await clearGroupsOf(runKey)).toBe('gone');
    expect((await running).exitCode).toBe(0);
  });
});

function startWorker(mode: string, runKey: string, up: string) {
  const fixture = new URL('./worker-fixture.ts', import.meta.url).pathname;
  return spawn(process.execPath, ['--import', 'tsx', fixture, mode, runKey, up], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function findGuardian(worker: number): Promise<number> {
  const found = (await childrenOf(worker)).find(({ command }) => command.includes("groups=' '"));
  if (!found) throw new Error(`worker ${worker} has no guardian`);
  return found.pid;
}
