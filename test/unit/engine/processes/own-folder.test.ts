import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { removeAbandoned, withOwnFolder } from '../../../../src/engine/processes/own-folder.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reviver-own-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('a folder is gone when its work has ended, well or not', async () => {
  await withOwnFolder(dir, 'opened', async (folder) => mkdir(join(folder, 'more')));
  await expect(
    withOwnFolder(dir, 'opened', async () => {
      throw new Error('broken');
    }),
  ).rejects.toThrow('broken');
  expect(await readdir(dir)).toEqual([]);
});

test('one of a process that works is kept; one of a process that is gone goes at once', async () => {
  await withOwnFolder(dir, 'opened', async (folder) => {
    expect(await removeAbandoned(dir, new Date())).toBe(0);
    const other = spawn('true');
    await once(other, 'close');
    const gone = folder.replace(`-${process.pid}-`, `-${other.pid}-`);
    await rename(folder, gone);
    await mkdir(join(dir, 'opened-by-a-person'));
    expect(await removeAbandoned(dir, new Date())).toBe(1);
  });
  expect(await readdir(dir)).toEqual(['opened-by-a-person']);
});

test('the number of a process that was given to another one does not keep a folder', async () => {
  await withOwnFolder(dir, 'dump', async (folder) => {
    await rename(folder, folder.replace(/-[0-9a-f]{8}-(\w{6})$/, '-00000000-$1'));
    expect(await removeAbandoned(dir, new Date())).toBe(1);
  });
});
