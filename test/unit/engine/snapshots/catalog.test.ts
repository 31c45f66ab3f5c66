import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSnapshotCatalog } from '../../../../src/engine/snapshots/catalog.js';
import { at, T0 } from '../../../support/builders.js';

const KEY = '11'.repeat(32);
const signal = AbortSignal.timeout(60_000);
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'snapshots-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const catalog = (secretKey: string | undefined = KEY) =>
  createSnapshotCatalog({ dir, secretKey, retention: { days: 3, atLeast: 2, atMost: 5 } });

const capture = async (folder: string) => {
  await mkdir(join(folder, 'volumes'));
  await writeFile(join(folder, 'container.json'), '{"secret":"hunter2"}');
  await writeFile(join(folder, 'volumes', 'data'), Buffer.alloc(100_000, 7));
  return {
    parts: ['runtime' as const],
    contents: ['container redis', 'volume data, 100 kB'],
    facts: { image: 'redis:7' },
  };
};

const take = (by = 'R-1/2', createdAt = T0, key?: string) =>
  catalog(key).take({ service: 'redis', runtime: 'docker', by, createdAt }, capture, signal);

const content = (id?: string) =>
  catalog().open('redis', id, async (folder) => (await readFile(join(folder, 'container.json'))).toString(), signal);

test('a snapshot comes back as it was captured, and nothing else is left', async () => {
  const taken = await take();
  expect(taken).toMatchObject({ service: 'redis', runtime: 'docker', by: 'R-1/2', facts: { image: 'redis:7' } });
  expect(await content()).toBe('{"secret":"hunter2"}');
  expect(await content(taken.id)).toBe('{"secret":"hunter2"}');
  expect((await readdir(join(dir, 'redis'))).sort()).toEqual([`${taken.id}.json`, `${taken.id}.tar.age`]);
});

test('what lies on the disk is encrypted', async () => {
  const { id } = await take();
  expect((await readFile(join(dir, 'redis', `${id}.tar.age`))).includes('hunter2')).toBe(false);
});

test('the same taker, asked again after a crash, gets the same snapshot', async () => {
  expect(await take()).toEqual(await take());
  expect(await catalog().list('redis')).toHaveLength(1);
});

test('one that fails leaves nothing', async () => {
  const failing = async () => {
    throw new Error('disk full');
  };
  const of = { service: 'redis', runtime: 'docker', by: 'R-1/2', createdAt: T0 };
  await expect(catalog().take(of, failing, signal)).rejects.toThrow('disk full');
  expect(await readdir(join(dir, 'redis'))).toEqual([]);
});

describe('a damaged one is refused before anything is touched', () => {
  test.each<[string, (file: string) => Promise<unknown>, RegExp]>([
    ['cut', (file) => truncate(file, 60_000), /has 60000 of \d+ bytes/],
    ['gone', (file) => rm(file), /its data file is missing/],
    [
      'changed in one byte',
      async (file) => {
        const bytes = await readFile(file);
        bytes.writeUInt8(bytes.readUInt8(bytes.length - 100) ^ 1, bytes.length - 100);
        await writeFile(file, bytes);
      },
      /its checksum is not the one/,
    ],
  ])('%s', async (_how, damage, message) => {
    const { id } = await take();
    await damage(join(dir, 'redis', `${id}.tar.age`));
    await expect(content()).rejects.toThrow(message);
    await expect(content()).rejects.toThrow(/Nothing was changed; use another one/);
  });

  test('with another key', async () => {
    await take();
    const other = catalog('22'.repeat(32));
    await expect(other.open('redis', undefined, async () => 1, signal)).rejects.toThrow(
      /does not open with this REVIVER_SECRET_KEY/,
    );
  });
});

test('without a key nothing is taken, and the way out is said', async () => {
  const without = createSnapshotCatalog({ dir, secretKey: undefined, retention: { days: 1, atLeast: 1, atMost: 1 } });
  await expect(
    without.take({ service: 'redis', runtime: 'docker', by: 'x', createdAt: T0 }, capture, signal),
  ).rejects.toThrow(/REVIVER_SECRET_KEY is not set.*openssl rand -hex 32/);
});

test('a service without one is told apart from a wrong name', async () => {
  await expect(content()).rejects.toThrow('There is no snapshot of redis. Nothing was changed.');
  await take();
  await expect(content('x')).rejects.toThrow(/There is no snapshot x of redis.*lists the 1 that there are/);
});

test('old ones go, the newest two stay however old, and never more than five', async () => {
  for (let n = 0; n < 7; n++) await take(`R-${n}/1`, at(n * 86_400_000));
  expect(await catalog().prune('redis', at(7 * 86_400_000))).toBe(4);
  expect((await catalog().list('redis')).map(({ by }) => by)).toEqual(['R-6/1', 'R-5/1', 'R-4/1']);
  expect(await catalog().prune('redis', at(100 * 86_400_000))).toBe(1);
  expect((await catalog().list('redis')).map(({ by }) => by)).toEqual(['R-6/1', 'R-5/1']);
});
