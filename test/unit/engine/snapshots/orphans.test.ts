import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { withOwnFolder } from '../../../../src/engine/processes/own-folder.js';
import { createSnapshotCatalog } from '../../../../src/engine/snapshots/catalog.js';
import { sweepOrphans } from '../../../../src/engine/snapshots/orphans.js';
import { T0 } from '../../../support/builders.js';

const signal = AbortSignal.timeout(60_000);
const ORPHAN = '20261123T042000-aaaaaa';
let dir: string;
let folder: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'orphans-'));
  folder = join(dir, 'redis');
  await mkdir(folder);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const catalog = () =>
  createSnapshotCatalog({ dir, secretKey: '11'.repeat(32), retention: { days: 3, atLeast: 2, atMost: 5 } });
const take = (by: string, meanwhile = async () => {}) =>
  catalog().take(
    { service: 'redis', runtime: 'docker', by, createdAt: T0 },
    async (content) => {
      await writeFile(join(content, 'data'), 'x');
      await meanwhile();
      return { parts: ['runtime' as const], contents: ['data'], facts: {} };
    },
    signal,
  );
const lie = (...names: string[]) => Promise.all(names.map((name) => writeFile(join(folder, name), 'left')));

test('data without a manifest, as a killed process leaves them, go when the next snapshot is taken; whole ones stay', async () => {
  const whole = await take('R-1/0');
  await lie(`${ORPHAN}.tar.age`, `${ORPHAN}.json.part`, `${ORPHAN}.proof`);
  const next = await take('R-2/0');
  expect((await readdir(folder)).sort()).toEqual(
    [whole, next].flatMap(({ id }) => [`${id}.json`, `${id}.tar.age`]).sort(),
  );
});

test('data that a living process has written, and has no manifest for yet, stay', async () => {
  await withOwnFolder(folder, 'taking', async () => {
    await lie(`${ORPHAN}.tar.age`);
    expect(await sweepOrphans(folder)).toEqual([]);
    await take('R-1/0');
  });
  expect(await readdir(folder)).toContain(`${ORPHAN}.tar.age`);
  expect(await sweepOrphans(folder)).toEqual([`${ORPHAN}.tar.age`]);
});

test('what is none of ours is left alone, and a folder that is not there is no matter', async () => {
  await lie('notes.txt', 'tar.age');
  expect(await sweepOrphans(folder)).toEqual([]);
  expect(await sweepOrphans(join(dir, 'nobody'))).toEqual([]);
});
