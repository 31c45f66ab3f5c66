import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readBucketAddress } from '../../../../src/engine/backups/s3/address.js';
import { createObjectStore } from '../../../../src/engine/backups/s3/object-store.js';
import { createSnapshotCatalog } from '../../../../src/engine/snapshots/catalog.js';
import { copiesOf, fetchSnapshot, hourlyCopies } from '../../../../src/engine/snapshots/copies.js';
import { knownSnapshots } from '../../../../src/engine/snapshots/known.js';
import type { SnapshotStore } from '../../../../src/engine/snapshots/snapshot.js';
import { snapshotsTogether } from '../../../../src/engine/snapshots/together.js';
import { type S3Server, startS3 } from '../../../platforms/s3/server.js';
import { eventually } from '../../../support/eventually.js';
import { serviceWith } from '../../../unit/engine/actions/context.js';
import { turn } from '../backups/archiving-server.js';
import { atEnd, freshRoot } from './subject.js';

const KEPT = 3;
const START = Date.parse('2026-11-23T05:20:00Z');
const service = serviceWith({ name: 'web', hourlySnapshots: true });
const ctx = turn('copies of snapshots');
atEnd(() => ctx.close());
let s3: S3Server;
let dir: string;
let snapshots: SnapshotStore;

beforeEach(async () => {
  s3 = await startS3();
  dir = join(await freshRoot('copies-'), 'hourly');
  const retention = { days: Number.POSITIVE_INFINITY, atLeast: KEPT, atMost: KEPT };
  snapshots = createSnapshotCatalog({ dir, secretKey: '11'.repeat(32), retention });
});
afterEach(() => s3.close());

const store = (url = s3.url) => createObjectStore(readBucketAddress(url, {}, 'BACKUP_VOLUMES_S3_URL'), 4_096);
const send = (url?: string, signal = ctx.signal) =>
  hourlyCopies({ services: () => [service], snapshots, store: store(url), kept: KEPT }).run({ ...ctx, signal });
const keys = () => [...s3.objects.keys()].sort();
const file = (id: string) => join(dir, 'web', `${id}.tar.age`);

async function taken(hour: number, content = 'one') {
  const createdAt = new Date(START + hour * 3_600_000);
  const of = { service: 'web', runtime: 'docker', by: `clock/${hour}`, createdAt };
  return snapshots.take(
    of,
    async (folder) => {
      await writeFile(join(folder, 'random'), randomBytes(10_000));
      await writeFile(join(folder, 'data'), content);
      return { parts: ['runtime' as const], contents: ['data'], facts: {} };
    },
    ctx.signal,
  );
}

describe('hourly snapshots in a bucket of their own', () => {
  test('are sent once, as they lie, with the manifest last', async () => {
    const { id } = await taken(0);
    expect(await send()).toMatchObject({ summary: expect.stringMatching(/^1 snapshot sent, /), sent: 1 });
    expect(keys()).toEqual([`reviver/web/${id}.json`, `reviver/web/${id}.tar.age`]);
    expect(s3.objects.get(`reviver/web/${id}.tar.age`)?.body.equals(await readFile(file(id)))).toBe(true);
    expect(s3.requests.filter((line) => /^(PUT|POST)/.test(line)).at(-1)).toMatch(/\.json 200$/);
    expect(await send()).toMatchObject({ summary: 'nothing new' });
  });

  test('come back whole, to where restores look, when the disk is lost', async () => {
    await taken(0, 'old');
    const newest = await taken(1, 'new');
    await send();
    await rm(dir, { recursive: true });
    expect((await copiesOf('web', store(), ctx)).map(({ by }) => by)).toEqual(['clock/1', 'clock/0']);
    expect(await fetchSnapshot({ service: 'web' }, { snapshots, store: store() }, ctx)).toMatchObject({
      id: newest.id,
    });
    expect(await snapshots.list('web')).toEqual([newest]);
    const read = (folder: string) => readFile(join(folder, 'data'), 'utf8');
    expect(await snapshots.open('web', undefined, read, ctx.signal)).toBe('new');
    await expect(fetchSnapshot({ service: 'web', id: 'x' }, { snapshots, store: store() }, ctx)).rejects.toThrow(
      'The store has no complete snapshot x of web. Nothing was changed.',
    );
  });

  test('are in one list with those of the disk, and a bucket that does not answer is told of', async () => {
    const own = createSnapshotCatalog({
      dir: join(dir, '..', 'own'),
      secretKey: '11'.repeat(32),
      retention: { days: 1, atLeast: 1, atMost: 1 },
    });
    const known = (url?: string) => knownSnapshots('web', snapshotsTogether(own, snapshots, store(url)));
    await taken(0);
    await send();
    await rm(dir, { recursive: true });
    await taken(1);
    expect((await known()).items.map(({ by, elsewhere }) => [by, elsewhere])).toEqual([
      ['clock/1', undefined],
      ['clock/0', true],
    ]);
    expect(await known(s3.url.replace('/backups/', '/elsewhere/'))).toEqual({
      items: [expect.objectContaining({ by: 'clock/1' })],
      unasked: expect.stringContaining('NoSuchBucket'),
    });
    // What restores can use is what lies here.
    expect(await snapshotsTogether(own, snapshots, store()).list('web')).toHaveLength(1);
  });

  test('are as many as on the disk, also when what lies here is gone', async () => {
    const ids: string[] = [];
    for (const hour of [0, 1, 2, 3, 4]) {
      ids.push((await taken(hour)).id);
      await snapshots.prune('web', new Date());
      await send();
    }
    const kept = ids.slice(-KEPT).flatMap((id) => [`reviver/web/${id}.json`, `reviver/web/${id}.tar.age`]);
    expect(keys()).toEqual(kept.sort());
    await rm(dir, { recursive: true });
    await send();
    expect(keys()).toEqual(kept.sort());
  });

  test('that could not be sent do not count, and go at the next turn; the failure names the bucket, and no key', async () => {
    const { id } = await taken(0);
    s3.slowDown(100, (request) => request.url?.endsWith('.json') === true);
    const failing = send();
    await expect(failing).rejects.toThrow(`Snapshot ${id} of web was not sent: `);
    await expect(failing).rejects.toThrow('It does not count there; the next turn sends it.');
    expect(await copiesOf('web', store(), ctx)).toEqual([]);
    s3.slowDown(0);
    expect(await send()).toMatchObject({ sent: 1 });
    expect((await copiesOf('web', store(), ctx)).map((one) => one.id)).toEqual([id]);
    await expect(send(s3.url.replace('/backups/', '/elsewhere/'))).rejects.toThrow(
      /NoSuchBucket. Make the bucket, or correct BACKUP_VOLUMES_S3_URL\.$/,
    );
  }, 60_000);

  test('of a process that was killed between data and manifest do not count, and are sent anew', async () => {
    const { id } = await taken(0);
    s3.hang((request) => request.url?.includes('.json') === true);
    const killed = new AbortController();
    const sending = send(undefined, killed.signal);
    await eventually(() => expect(s3.hung).toHaveLength(1));
    expect(keys()).toEqual([`reviver/web/${id}.tar.age`]);
    killed.abort(new Error('killed'));
    await expect(sending).rejects.toThrow('killed');
    s3.hang(() => false);
    expect(await copiesOf('web', store(), ctx)).toEqual([]);
    expect(await send()).toMatchObject({ sent: 1 });
  });

  test('whose data left behind have no snapshot here any more are removed', async () => {
    await taken(0);
    s3.objects.set('reviver/web/20261101T000000-aaaaaa.tar.age', { body: Buffer.from('x'), etag: '"x"' });
    await send();
    expect(keys()).toHaveLength(2);
    expect(keys()).not.toContain('reviver/web/20261101T000000-aaaaaa.tar.age');
  });

  test('that were damaged here are not sent, before any proof as well', async () => {
    const { id } = await taken(0);
    const bytes = await readFile(file(id));
    const at = Math.floor(bytes.length * 0.6);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await writeFile(file(id), bytes);
    await expect(send()).rejects.toThrow('its checksum is not the one from when it was taken');
    expect(keys()).toEqual([]);
  });

  test('bring one back whose file here was found damaged', async () => {
    const one = await taken(0);
    await send();
    await writeFile(file(one.id), 'spoilt');
    await snapshots.prove(one, { outcome: 'failed', detail: 'spoilt', at: new Date(START), durationMs: 1 });
    await fetchSnapshot({ service: 'web' }, { snapshots, store: store() }, ctx);
    expect(await snapshots.list('web')).toEqual([one]);
  });

  test('that were damaged there do not come to exist here', async () => {
    const { id } = await taken(0);
    await send();
    await rm(dir, { recursive: true });
    const object = s3.objects.get(`reviver/web/${id}.tar.age`);
    object?.body.writeUInt8(object.body.readUInt8(5_000) ^ 1, 5_000);
    await expect(fetchSnapshot({ service: 'web' }, { snapshots, store: store() }, ctx)).rejects.toThrow(
      'what came is not what was sent',
    );
    expect(await snapshots.list('web')).toEqual([]);
  });
});
