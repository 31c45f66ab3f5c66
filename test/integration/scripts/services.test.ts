import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { startPostgres } from '../../../scripts/services/postgres.mjs';
import { createPrivateFolder, type PrivateFolder } from '../../../scripts/services/private-folder.mjs';
import { startRedis } from '../../../scripts/services/redis.mjs';
import { eventually, processTable } from '../../support/index.js';

const HOLDER = fileURLToPath(new URL('./holder.mjs', import.meta.url));

/** A new cluster takes half a second alone, and many times that on a busy machine. */
jest.setTimeout(60_000);

describe('private servers', () => {
  let folder: PrivateFolder;

  beforeAll(async () => {
    folder = await createPrivateFolder('reviver-services');
  });
  afterAll(() => folder.remove());

  test('Postgres keeps its data and password over a stop and start', async () => {
    const dir = join(folder.path, 'kept');
    const first = await startPostgres({ dir });
    await query(first.url, 'CREATE TABLE kept (word text)');
    await query(first.url, "INSERT INTO kept VALUES ('привет')");
    await first.stop();
    expect(await running([first.pid])).toEqual([]);

    const second = await startPostgres({ dir, port: first.port, fsync: false });
    try {
      expect(second.url).toBe(first.url);
      expect(await query(second.url, 'SELECT upper(word) AS word FROM kept')).toEqual([{ word: 'ПРИВЕТ' }]);
    } finally {
      await second.stop();
      await second.stop();
    }
  });

  test('Redis starts where it is told, with the arguments that it is given', async () => {
    const redis = await startRedis({ dir: join(folder.path, 'redis'), args: ['--appendonly', 'yes'] });
    const client = new Redis(redis.url);
    try {
      expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
      expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
    } finally {
      client.disconnect();
      await redis.stop();
    }
    expect(await running([redis.pid])).toEqual([]);
  });

  test('a port that is taken is named with the last words of the server', async () => {
    const redis = await startRedis({ dir: join(folder.path, 'first') });
    const dir = join(folder.path, 'second');
    // The port answers PING, but by another server: only the process that was started may count as ready.
    await expect(startRedis({ dir, port: redis.port })).rejects.toThrow(/Redis ended before it was ready.*in use/s);
    await redis.stop();
  });

  test('they die with a process that is killed, and the folder can be used again', async () => {
    const shared = join(folder.path, 'killed');
    const { holder, pids } = await startHolder(shared);
    holder.kill('SIGKILL');
    await eventually(async () => expect(await running(pids)).toEqual([]), { timeoutMs: 30_000 });
    const again = await startPostgres({ dir: join(shared, 'postgres'), fsync: false });
    await again.stop();
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot('a folder that a dead process left is removed by the next, with what is mounted deep in it', async () => {
    const left = await createPrivateFolder('reviver-mounted');
    const deep = join(left.path, 'a place', 'of', 'a', 'killed', 'engine', 'netns');
    await mkdir(deep, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', 'none', deep]);
    await writeFile(join(left.path, 'owner'), String(await deadPid()));
    const next = await createPrivateFolder('reviver-mounted');
    expect(existsSync(left.path)).toBe(false);
    await next.remove();
    expect(existsSync(next.path)).toBe(false);
  });

  test('a server that a dead process left running is stopped by the next start', async () => {
    const shared = join(folder.path, 'left');
    const { holder, pids } = await startHolder(shared);
    await killGuardiansOf(pids);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await running(pids)).toEqual(pids);
    const again = await startPostgres({ dir: join(shared, 'postgres'), fsync: false });
    expect(await running(pids)).toEqual([pids[0]]);
    await again.stop();
    for (const pid of await running(pids)) process.kill(pid, 'SIGKILL');
  });
});

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return Number(child.pid);
}

async function startHolder(folder: string): Promise<{ holder: ChildProcess; pids: number[] }> {
  const holder = spawn(process.execPath, [HOLDER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(holder.stdout, 'data');
  const { pids }: { pids: number[] } = JSON.parse(String(line));
  return { holder, pids };
}

async function killGuardiansOf(pids: number[]): Promise<void> {
  const rows = await processTable();
  for (const { pid, command } of rows) {
    if (pids.some((server) => command.includes(`guardian ${server} `))) process.kill(pid, 'SIGKILL');
  }
}

async function running(pids: number[]): Promise<number[]> {
  const rows = await processTable();
  return pids.filter((pid) => rows.some((row) => row.pid === pid));
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
