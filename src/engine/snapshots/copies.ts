import { basename } from 'node:path';
import { ActionError } from '../actions/action.js';
import { sizeInWords } from '../actions/docker/size.js';
import { measured } from '../backups/measured.js';
import type { ObjectStore } from '../backups/s3/object-store.js';
import { count, failureInWords } from '../health/words.js';
import type { HousekeepingJob, JobContext, JobResult } from '../housekeeping/job.js';
import type { Service } from '../model/service.js';
import { manifestText, readManifest } from './manifest.js';
import type { KeptSnapshot, Snapshot, SnapshotStore } from './snapshot.js';

/** Where hourly snapshots are kept apart from this machine, and from dumps. */
export interface CopyParts {
  services(): readonly Service[];
  snapshots: SnapshotStore;
  store: ObjectStore;
  /** Of each service, as on the disk. */
  kept: number;
}

type Rim = Pick<JobContext, 'signal' | 'log' | 'now'>;

const DAY_MS = 86_400_000;

/** Source: disaster recovery document, volumes in a bucket of their own. After the proofs: what they found bad is not sent. */
export function hourlyCopies(parts: CopyParts): HousekeepingJob {
  return {
    name: 'backup_volumes_upload',
    cron: '50 * * * *',
    timeoutMs: 55 * 60_000,
    run: (ctx) => sendAll(parts, ctx),
  };
}

/** One that cannot be sent keeps none of the others, and is sent at the next turn. */
async function sendAll({ services, snapshots, store, kept }: CopyParts, ctx: Rim): Promise<JobResult> {
  const sent: Snapshot[] = [];
  const failures: string[] = [];
  for (const { name } of services().filter(({ hourlySnapshots: wanted }) => wanted)) {
    const there = await store.list(keyOf(name, ''), ctx);
    const here = await snapshots.list(name);
    for (const one of missingThere(here, there).slice(0, kept)) {
      try {
        await sendOne(one, snapshots, store, ctx);
        sent.push(one);
      } catch (error) {
        ctx.signal.throwIfAborted();
        failures.push(`Snapshot ${one.id} of ${name} was not sent: ${failureInWords(error)}`);
      }
    }
    await forgetOld(name, here, { store, kept }, ctx);
  }
  await store.sweep(DAY_MS, ctx.now(), ctx);
  if (failures.length > 0)
    throw new ActionError(`${failures.join(' ')} It does not count there; the next turn sends it.`, {
      code: 'snapshots_not_sent',
    });
  const bytes = sent.reduce((sum, one) => sum + one.bytes, 0);
  const summary = sent.length === 0 ? 'nothing new' : `${count(sent.length, 'snapshot')} sent, ${sizeInWords(bytes)}`;
  return { summary, sent: sent.length, bytes };
}

/** Complete ones in the store, the newest first. */
export async function copiesOf(
  service: string,
  store: ObjectStore,
  how: Pick<JobContext, 'signal'>,
): Promise<Snapshot[]> {
  const ids = idsIn(await store.list(keyOf(service, ''), how));
  const read = ids.map(async (id) => {
    const one = readManifest(await store.getText(keyOf(service, `${id}.json`), how));
    // Names of files come from it: one that tells of another place is none.
    return one?.id === id && one.service === service ? one : undefined;
  });
  return (await Promise.all(read)).filter((one) => one !== undefined);
}

/** Brings one back to where restores look: its data are compared with its manifest first. Absent `id`: the newest there. */
export async function fetchSnapshot(
  { service, id }: { service: string; id?: string | undefined },
  { snapshots, store }: Pick<CopyParts, 'snapshots' | 'store'>,
  how: Pick<JobContext, 'signal' | 'onBytes'>,
): Promise<Snapshot> {
  const wanted = (await copiesOf(service, store, how)).find((one) => id === undefined || one.id === id);
  if (!wanted)
    throw new ActionError(
      `The store has no complete snapshot ${id === undefined ? '' : `${id} `}of ${service}. Nothing was changed.`,
      {
        code: 'no_snapshot',
        retryable: false,
        untouched: true,
      },
    );
  const coming = measured(await store.get(keyOf(service, `${wanted.id}.tar.age`), how), how.onBytes);
  await snapshots.receive(wanted, coming.chunks, how.signal);
  return wanted;
}

/** The newest first: it is the one that is wanted. */
function missingThere(here: readonly KeptSnapshot[], there: ReadonlyMap<string, number>): KeptSnapshot[] {
  const known = new Set(idsIn(there));
  return here.filter(({ id, damaged }) => damaged === undefined && !known.has(id));
}

/** The data first, its manifest last: without it there is none. Data that are not what was taken get no manifest. */
async function sendOne(one: KeptSnapshot, snapshots: SnapshotStore, store: ObjectStore, ctx: Rim): Promise<void> {
  const key = keyOf(one.service, `${one.id}.tar.age`);
  const data = measured(snapshots.data(one));
  await store.putStream(key, data.chunks, ctx);
  if (data.result().sha256 !== one.sha256) {
    await store.remove(key, ctx);
    throw new ActionError('its checksum is not the one from when it was taken.', { code: 'damaged_snapshot' });
  }
  await store.putText(keyOf(one.service, `${one.id}.json`), manifestText(one), ctx);
  ctx.log(`${one.service}: snapshot ${one.id} is in the store`);
}

/** As many as here, manifests first; and data without a manifest, unless they are still to be sent. */
async function forgetOld(
  service: string,
  here: readonly KeptSnapshot[],
  { store, kept }: Pick<CopyParts, 'store' | 'kept'>,
  how: Pick<JobContext, 'signal'>,
): Promise<void> {
  const there = await store.list(keyOf(service, ''), how);
  const ids = idsIn(there);
  const staying = new Set([...ids.slice(0, kept), ...here.map(({ id }) => id).filter((id) => !ids.includes(id))]);
  for (const id of ids.slice(kept)) await store.remove(keyOf(service, `${id}.json`), how);
  const data = [...there.keys()].filter((key) => key.endsWith('.tar.age'));
  for (const key of data) if (!staying.has(basename(key, '.tar.age'))) await store.remove(key, how);
}

function keyOf(service: string, file: string): string {
  return `${encodeURIComponent(service)}/${file}`;
}

/** Ids begin with their moment: the newest first. */
function idsIn(there: ReadonlyMap<string, number>): string[] {
  const manifests = [...there.keys()].filter((key) => key.endsWith('.json'));
  return manifests
    .map((key) => basename(key, '.json'))
    .sort()
    .reverse();
}
