import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import {
  identityOf,
  isAlive,
  PRINT_OWN_START,
  pidNamespace,
  selfIdentity,
} from '../../../../src/engine/processes/identity.js';
import { eventually } from '../../../support/eventually.js';

const run = promisify(execFile);

test('a process knows itself, the same every time', async () => {
  const self = await selfIdentity();
  expect(self.pid).toBe(process.pid);
  expect(await selfIdentity()).toEqual(self);
  expect(await isAlive(self)).toBe(true);
});

test('a reused process id is not the process that had it before', async () => {
  const self = await selfIdentity();
  const [boot, ticks] = self.startedAt.split(':');
  expect(await isAlive({ ...self, startedAt: `${boot}:${Number(ticks) - 1}` })).toBe(false);
  expect(await isAlive({ ...self, startedAt: `00000000-0000-0000-0000-000000000000:${ticks}` })).toBe(false);
});

test('a process that ended is not alive, also while nobody has reaped it', async () => {
  // The shell becomes a program that never waits for its child: that child stays in the process table, dead.
  const parent = spawn('sh', ['-c', 'sh -c "echo \\$\\$; exit 0" & exec sleep 30'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const zombie = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))));
  await eventually(async () => (await identityOf(zombie)) === undefined);
  expect((await run('ps', ['-o', 'stat=', '-p', String(zombie)])).stdout).toMatch(/^Z/);
  parent.kill('SIGKILL');
});

test('a shell prints its own start as this process reads it', async () => {
  const shell = spawn('sh', ['-c', `${PRINT_OWN_START}; echo; exec sleep 30`], { stdio: ['ignore', 'pipe', 'ignore'] });
  const printed = await new Promise<string>((resolve) =>
    shell.stdout.once('data', (data) => resolve(String(data).trim())),
  );
  expect(await identityOf(shell.pid ?? 0)).toEqual({ pid: shell.pid, startedAt: printed });
  shell.kill('SIGKILL');
});

test('the pid namespace has a name on Linux', async () => {
  expect(await pidNamespace()).toMatch(/^pid:\[\d+\]$/);
});
