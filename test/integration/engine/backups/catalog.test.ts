import { createReadStream } from 'node:fs';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createBackupCatalog } from '../../../../src/engine/backups/catalog.js';
import { verify } from '../../../../src/engine/backups/verify.js';

const DEFINITIONS = {
  redis_backup: { service: 'redis', location: 'redis' },
  weekly: { service: 'redis', location: 'redis' },
};
let dir: string;
let source: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reviver-catalog-'));
  source = join(dir, 'source.rdb');
  await writeFile(source, 'REDIS0010 data');
});
afterEach(() => rm(dir, { recursive: true }));

const catalog = () => createBackupCatalog(DEFINITIONS, { dir });
const record = (createdAt: string, name = 'redis_backup') =>
  ({ name, service: 'redis', kind: 'redis', items: 1204, createdAt: new Date(createdAt) }) as const;

async function add({ name, createdAt, ...facts }: ReturnType<typeof record>, from: string) {
  const draft = await catalog().begin(name, createdAt);
  try {
    await draft.write(createReadStream(from), { signal: new AbortController().signal });
    return await draft.publish({ name, createdAt, ...facts });
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

describe('a backup', () => {
  test('that was added is found again as it was, by another process too', async () => {
    const added = await add(record('2026-11-22T04:15:00.500Z'), source);
    expect(added).toMatchObject({ id: expect.stringMatching(/^20261122T041500-[0-9a-f]{4}$/), bytes: 14, items: 1204 });
    expect(added.file).toBe(join(dir, 'redis', 'redis_backup', `${added.id}.rdb`));
    expect(await catalog().list('redis_backup')).toEqual([added]);
    expect(await readFile(added.file, 'utf8')).toBe('REDIS0010 data');
    expect(await verify(added)).toBeUndefined();
  });

  test('stands before the older ones, and apart from those of another name', async () => {
    const ids: string[] = [];
    for (const hour of ['04', '06', '05']) ids.push((await add(record(`2026-11-22T${hour}:00:00Z`), source)).id);
    await add(record('2026-11-22T09:00:00Z', 'weekly'), source);
    const [four, six, five] = ids;
    expect((await catalog().list('redis_backup')).map(({ id }) => id)).toEqual([six, five, four]);
  });

  test('leaves nothing beside it, also when it fails', async () => {
    const { id } = await add(record('2026-11-22T04:15:00Z'), source);
    await expect(add(record('2026-11-22T05:15:00Z'), join(dir, 'missing.rdb'))).rejects.toThrow(/ENOENT/);
    expect((await readdir(join(dir, 'redis', 'redis_backup'))).sort()).toEqual([`${id}.json`, `${id}.rdb`]);
  });

  test('that is half-written does not count', async () => {
    const { id, file } = await add(record('2026-11-22T04:15:00Z'), source);
    await writeFile(file.replace(id, '20261122T051500-aaaa'), 'half');
    await writeFile(`${file.replace(id, '20261122T061500-aaaa')}.part`, 'half');
    expect((await catalog().list('redis_backup')).map((found) => found.id)).toEqual([id]);
    expect(await catalog().damaged('redis_backup')).toEqual([]);
  });
});

describe('a damaged backup', () => {
  test.each([
    ['its data file is missing', (file: string) => rm(file)],
    ['its data file has 15 bytes instead of 14', (file: string) => appendFile(file, 'x')],
    ['its manifest cannot be read', (file: string) => writeFile(file.replace('.rdb', '.json'), '{"id":')],
  ])('is not listed, and reported: %s', async (reason, damage) => {
    const { id, file } = await add(record('2026-11-22T04:15:00Z'), source);
    await damage(file);
    expect(await catalog().list('redis_backup')).toEqual([]);
    expect(await catalog().damaged('redis_backup')).toEqual([{ id, reason }]);
  });

  test('of the right size is found by its checksum', async () => {
    const added = await add(record('2026-11-22T04:15:00Z'), source);
    await writeFile(added.file, 'REDIS0010 dxta');
    expect(await catalog().list('redis_backup')).toHaveLength(1);
    expect(await verify(added)).toBe('its checksum does not match');
    await rm(added.file);
    expect(await verify(added)).toMatch(/^its data file cannot be read/);
  });
});

describe('names', () => {
  test('mean a service; so do ids and files of backups', async () => {
    const { id, file } = await add(record('2026-11-22T04:15:00Z', 'weekly'), source);
    for (const wanted of ['weekly', id, file]) expect(catalog().service(wanted)).toBe('redis');
    for (const wanted of ['monthly', '20260101T000000-0000', '/etc/passwd', join(dir, `${id}.rdb`)])
      expect(catalog().service(wanted)).toBeUndefined();
    expect(catalog().names()).toEqual(['redis_backup', 'weekly']);
  });

  test('that are unknown are refused', async () => {
    await expect(catalog().list('monthly')).rejects.toThrow('No backup "monthly".');
  });

  test('of an unknown location are refused at once', () => {
    expect(() => createBackupCatalog({ x: { service: 'redis', location: 's3' } }, { dir })).toThrow(
      'backups.x.location: "s3" is not allowed; expected redis, postgres, knowledge, configuration.',
    );
  });
});
