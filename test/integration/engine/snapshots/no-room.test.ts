import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { atEnd, freshRoot, keptService } from './subject.js';

const root = process.getuid?.() === 0;
if (!root) process.stderr.write('Left out: only root can mount a small disk, so a full one is not tested\n');

/** A disk of so many megabytes, with nothing on it. */
async function disk(megabytes: number): Promise<string> {
  const dir = await freshRoot('disk-');
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir]);
  atEnd(async () => void execFileSync('umount', ['--lazy', dir]));
  return dir;
}

async function files(megabytes: number, dir?: string) {
  const home = await freshRoot('files-');
  const data = join(home, 'data');
  await mkdir(data);
  await writeFile(join(data, 'big'), Buffer.alloc(megabytes * 1_000_000, 7));
  const service = serviceWith({
    name: 'app',
    process: { command: ['sleep', '600'], cwd: home, env: {} },
    dataDir: data,
  });
  const kept = keptService(service, home, { ...(dir ? { dir } : {}) });
  await kept.runtime.start(AbortSignal.timeout(5_000));
  return { ...kept, data };
}

(root ? describe : describe.skip)('a disk without room', () => {
  test('is seen before anything is written, and people are told how much is needed', async () => {
    const dir = await disk(100);
    const app = await files(50, dir);
    await expect(app.take('R-1/0')).rejects.toThrow(
      /^A snapshot of app may need 164\.0 MB in .*, and \d+\.\d MB is free\. Nothing was changed\. Make room there, or point REVIVER_DATA at a bigger disk/,
    );
    expect(await readdir(join(dir, 'app'))).toEqual([]);
  }, 30_000);

  test('that fills up in the middle leaves nothing half-made, and the service runs on', async () => {
    const dir = await disk(100);
    const app = await files(1, dir);
    const was = await app.runtime.status();
    const of = { service: 'app', runtime: 'process', by: 'R-2/0', createdAt: new Date() };
    const filling = async (room: string) => {
      await writeFile(join(room, 'much'), Buffer.alloc(200_000_000, 7));
      return { parts: ['runtime' as const], contents: [], facts: {} };
    };
    await expect(app.snapshots.take(of, filling, AbortSignal.timeout(20_000))).rejects.toThrow(
      /^A snapshot of app could not be written to .*: the disk is full\. Nothing half-made is left, and the service was not touched\.$/,
    );
    expect(await readdir(join(dir, 'app'))).toEqual([]);
    expect(await app.runtime.status()).toEqual(was);
  }, 60_000);

  test('for what is restored: the files are as they were, and the program runs again', async () => {
    const home = await disk(100);
    const data = join(home, 'data');
    await mkdir(data);
    await writeFile(join(data, 'state'), Buffer.alloc(30_000_000, 7));
    const service = serviceWith({
      name: 'app',
      process: { command: ['sleep', '600'], cwd: home, env: {} },
      dataDir: data,
    });
    const app = keptService(service, await freshRoot('elsewhere-'));
    await app.runtime.start(AbortSignal.timeout(5_000));
    await app.take('R-3/0');
    await writeFile(join(data, 'state'), 'small');
    await writeFile(join(home, 'filler'), Buffer.alloc(90_000_000, 7));
    await expect(app.restore('R-3/1')).rejects.toThrow(
      /^The files for .*\/data could not be copied \(.*(ENOSPC|no space left).*\)\. Nothing was changed\./,
    );
    expect(await readdir(home)).toEqual(['data', 'filler']);
    expect((await app.runtime.status()).status).toBe('running');
    await rm(join(home, 'filler'));
    await app.restore('R-3/2');
    expect((await app.runtime.status()).status).toBe('running');
  }, 60_000);
});

describe('what this user may not do', () => {
  (root ? test.skip : test)('is said: files of the service that cannot be read', async () => {
    const app = await files(1);
    await chmod(join(app.data, 'big'), 0);
    await expect(app.take('R-4/0')).rejects.toThrow(
      /^Not all files in .* can be read .*let Reviver's user read them\.$/,
    );
  });
});
