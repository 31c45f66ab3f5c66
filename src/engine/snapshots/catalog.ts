import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ActionError } from '../actions/action.js';
import { publish, writeDurably } from '../backups/durable-files.js';
import { readProof, writeProof } from '../backups/proof.js';
import { withOwnFolder } from '../processes/own-folder.js';
import { ageIdentity } from './age-key.js';
import { manifestText, readManifest } from './manifest.js';
import { sweepOrphans, TAKING } from './orphans.js';
import { explainedWrite, requireRoomToOpen } from './room.js';
import { checksum, READ_BYTES, seal, sealedTo, unseal } from './sealed-folder.js';
import type { KeptSnapshot, Retention, Snapshot, SnapshotStore } from './snapshot.js';
import { tallyOfFolder } from './tally.js';

export interface SnapshotOptions {
  /** Everything lies below: `<dir>/<service>/<id>.tar.age`, and beside it `<id>.json`. */
  dir: string;
  /** REVIVER_SECRET_KEY; without it nothing is taken or opened. */
  secretKey: string | undefined;
  retention: Retention;
}

const DAY_MS = 86_400_000;

/** Snapshots as files. The manifest is written last: without one a snapshot is half-written, and does not exist. */
export function createSnapshotCatalog({ dir, secretKey, retention }: SnapshotOptions): SnapshotStore {
  const folderOf = (service: string) => resolve(dir, encodeURIComponent(service));
  const dataOf = ({ service, id }: Pick<Snapshot, 'service' | 'id'>) => join(folderOf(service), `${id}.tar.age`);
  const manifestOf = ({ service, id }: Pick<Snapshot, 'service' | 'id'>) => join(folderOf(service), `${id}.json`);

  const proofOf = ({ service, id }: Pick<Snapshot, 'service' | 'id'>) => join(folderOf(service), `${id}.proof`);

  async function list(service: string): Promise<KeptSnapshot[]> {
    const files = await readdir(folderOf(service)).catch(() => []);
    const read = await Promise.all(
      files.filter((file) => file.endsWith('.json')).map((file) => manifest(join(folderOf(service), file))),
    );
    const known = read.filter((one) => one !== undefined).sort(newestFirst);
    return Promise.all(known.map((one) => lookedAt(one, dataOf(one), proofOf(one))));
  }

  async function remove(one: Snapshot): Promise<void> {
    // In this order: what is left after a crash has no manifest, and does not exist.
    await rm(manifestOf(one), { force: true });
    for (const left of [dataOf(one), proofOf(one)]) await rm(left, { force: true });
  }

  return {
    list,

    async take(of, capture, signal) {
      const identity = ageIdentity(needed(secretKey));
      const before = (await list(of.service)).find((one) => one.by === of.by && one.damaged === undefined);
      if (before) return before;
      const folder = folderOf(of.service);
      const what = `A snapshot of ${of.service}`;
      await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
        throw explainedWrite(error, folder, what);
      });
      const id = `${of.createdAt.toISOString().replace(/[-:]|\.\d+Z$/g, '')}-${randomBytes(3).toString('hex')}`;
      await sweepOrphans(folder);
      try {
        return await withOwnFolder(folder, TAKING, async (room) => {
          const [content, part] = [join(room, 'content'), join(room, 'sealed')];
          await mkdir(content, { mode: 0o700 });
          const captured = await capture(content);
          const tally = await tallyOfFolder(content, signal);
          const sealed = await seal(content, part, identity, signal);
          const snapshot: Snapshot = { id, ...of, ...captured, tally, ...sealed };
          await publish(part, dataOf(snapshot));
          await writeDurably(manifestOf(snapshot), manifestText(snapshot));
          return snapshot;
        });
      } catch (error) {
        await rm(dataOf({ service: of.service, id }), { force: true });
        throw explainedWrite(error, folder, what);
      }
    },

    async open(service, id, use, signal) {
      const identity = ageIdentity(needed(secretKey));
      const known = await list(service);
      const wanted = known.find((one) => id === undefined || one.id === id);
      if (!wanted) throw none(service, id, known.length);
      if (wanted.damaged) throw damaged(wanted, wanted.damaged);
      if ((await checksum(dataOf(wanted), signal)) !== wanted.sha256)
        throw damaged(wanted, 'its checksum is not the one from when it was taken');
      const what = `Opening snapshot ${wanted.id} of ${service}`;
      await requireRoomToOpen(folderOf(service), wanted.tally?.bytes ?? wanted.bytes, what);
      return withOwnFolder(folderOf(service), 'opening', async (room) => {
        await unseal(dataOf(wanted), join(room, 'content'), identity, signal).catch((error: unknown) => {
          signal.throwIfAborted();
          const written = explainedWrite(error, room, what);
          if (written !== error) throw written;
          throw damaged(wanted, `it does not open with this REVIVER_SECRET_KEY (${text(error)})`);
        });
        return use(join(room, 'content'), wanted);
      });
    },

    async prune(service, now) {
      const oldest = now.getTime() - retention.days * DAY_MS;
      let whole = 0;
      // A damaged one takes no place of a good one, and goes when it would have gone.
      const surplus = (await list(service)).filter(({ createdAt, damaged: why }) => {
        const place = why === undefined ? whole++ : whole;
        return place >= retention.atMost || (place >= retention.atLeast && createdAt.getTime() < oldest);
      });
      for (const one of surplus) await remove(one);
      return surplus.length;
    },

    data: (one) => createReadStream(dataOf(one), { highWaterMark: READ_BYTES }),

    async receive(one, data, signal) {
      const folder = folderOf(one.service);
      await sweepOrphans(folder);
      await withOwnFolder(folder, TAKING, async (room) => {
        const part = join(room, 'sealed');
        const written = await sealedTo(part, data, signal).catch((error: unknown) => {
          throw explainedWrite(error, folder, `Snapshot ${one.id} of ${one.service}`);
        });
        if (written.sha256 !== one.sha256) throw damaged(one, 'what came is not what was sent');
        await publish(part, dataOf(one));
        // What was found of the file that lay here before is not true of this one.
        await rm(proofOf(one), { force: true });
        await writeDurably(manifestOf(one), manifestText(one));
      });
    },

    prove: (one, proof) => writeProof(proofOf(one), proof),
    sweep: (service) => sweepOrphans(folderOf(service)),
  };
}

async function manifest(file: string): Promise<Snapshot | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return readManifest(text);
}

/** Quick: whether it is there in full, and what is known of its restore. Whether it is the same is asked when it is opened. */
async function lookedAt(snapshot: Snapshot, file: string, proofFile: string): Promise<KeptSnapshot> {
  const [found, proof] = await Promise.all([stat(file).catch(() => undefined), readProof(proofFile)]);
  const why = missingOf(snapshot, found?.size) ?? (proof?.outcome === 'failed' ? proof.detail : undefined);
  return { ...snapshot, ...(proof ? { proof } : {}), ...(why === undefined ? {} : { damaged: why }) };
}

function missingOf({ bytes }: Snapshot, found: number | undefined): string | undefined {
  if (found === undefined) return 'its data file is missing';
  return found === bytes ? undefined : `its data file has ${found} of ${bytes} bytes`;
}

function needed(secretKey: string | undefined): string {
  if (secretKey) return secretKey;
  throw new ActionError(
    'REVIVER_SECRET_KEY is not set, so snapshots can neither be encrypted nor opened. Set it to what "openssl rand -hex 32" prints, on every node. Nothing was changed.',
    { code: 'no_secret_key', retryable: false, untouched: true },
  );
}

function none(service: string, id: string | undefined, known: number): ActionError {
  const what = id === undefined ? `There is no snapshot of ${service}` : `There is no snapshot ${id} of ${service}`;
  const list = known > 0 ? ` /recover snapshots ${service} lists the ${known} that there are.` : '';
  return new ActionError(`${what}. Nothing was changed.${list}`, {
    code: 'no_snapshot',
    retryable: false,
    untouched: true,
  });
}

/** Code of the error that says so; its fact `why` is what `damaged` of a list says. */
export const DAMAGED = 'damaged_snapshot';

function damaged({ id, service }: Snapshot, why: string): ActionError {
  return new ActionError(`Snapshot ${id} of ${service} is damaged: ${why}. Nothing was changed; use another one.`, {
    code: DAMAGED,
    retryable: false,
    untouched: true,
    facts: { why },
  });
}

function newestFirst(a: Snapshot, b: Snapshot): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
