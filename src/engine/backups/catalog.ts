import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ActionError, type BackupCatalog, type BackupRecord, type DamagedBackup } from '../actions/action.js';
import { InvalidInput, NotFound } from '../model/errors.js';
import type { ConfigurationSource } from './configuration-source.js';
import { createDraft } from './draft.js';
import { syncFolder } from './durable-files.js';
import { readManifest } from './manifest.js';
import { dataOf, openBackup } from './opened.js';
import { type BackupProof, readProof, writeProof } from './proof.js';

/** A line of the `backups` section. */
export interface BackupDefinition {
  service: string;
  location: Location;
  /** Of Postgres: which one; absent: the one in the URL of the service's health check. */
  database?: string;
  /** Of a configuration: who knows its files. */
  configuration?: ConfigurationSource;
}

/** Where backups can lie: a folder each; how their data files end. */
const ENDS = { redis: '.rdb', postgres: '.dump', knowledge: '.dump', configuration: '.tar' };
export type Location = keyof typeof ENDS;
export const LOCATIONS: readonly Location[] = ['redis', 'postgres', 'knowledge', 'configuration'];
const isLocation = (given: string): given is Location => LOCATIONS.some((known) => known === given);

export interface CatalogOptions {
  /** Below it each location has a folder. */
  dir: string;
  /** Locations that lie elsewhere. */
  dirs?: Partial<Record<Location, string>>;
  /** New backups are encrypted with it; absent: they are not. */
  secretKey?: string | undefined;
}

/** The backups of an installation, with what care for them needs. */
export interface BackupStore extends Required<BackupCatalog> {
  definition(name: string): BackupDefinition | undefined;
  /** Folder of all backups of a name. */
  folder(name: string): string;
  prove(record: BackupRecord, proof: BackupProof): Promise<void>;
  /** Its manifest goes first: it never counts without its data. */
  forget(record: BackupRecord): Promise<void>;
  /** Removes what interrupted ones have left, when nothing was written to it for so long. Names of files that went. */
  sweep(name: string, olderThanMs: number, now: Date): Promise<string[]>;
}

/**
 * Backups as files: `<dir>/<location>/<name>/<id>.rdb` (Postgres: `.dump`; encrypted: and `.age`), beside it `<id>.json`, and
 * `<id>.proof` when it was tried. The manifest is written last, so a backup without one is half-written and does not exist.
 */
export function createBackupCatalog(
  definitions: Record<string, Omit<BackupDefinition, 'location'> & { location: string }>,
  { dir, dirs = {}, secretKey }: CatalogOptions,
): BackupStore {
  const known = new Map<string, BackupDefinition>();
  for (const [name, { location, ...rest }] of Object.entries(definitions)) {
    if (!isLocation(location)) throw new InvalidInput(`backups.${name}.location`, location, LOCATIONS.join(', '));
    known.set(name, { ...rest, location });
  }

  function locationOf(name: string): Location {
    const definition = known.get(name);
    if (!definition) throw new NotFound('backup', name);
    return definition.location;
  }

  function folderOf(name: string): string {
    const location = locationOf(name);
    return resolve(dirs[location] ?? join(dir, location), encodeURIComponent(name));
  }

  async function read(name: string): Promise<{ complete: BackupRecord[]; damaged: DamagedBackup[] }> {
    const folder = folderOf(name);
    const end = ENDS[locationOf(name)];
    const files = await readdir(folder).catch(() => []);
    const ids = files.filter((file) => file.endsWith('.json')).map((file) => basename(file, '.json'));
    const found = await Promise.all(
      ids.map(async (id) => {
        const record = await readManifest(join(folder, `${id}.json`), id, join(folder, `${id}${end}`));
        const proof = 'sha256' in record ? await readProof(join(folder, `${id}.proof`)) : undefined;
        return proof ? { ...record, proof } : record;
      }),
    );
    const complete = found.filter((one): one is BackupRecord => 'sha256' in one);
    const damaged = found.filter((one) => 'reason' in one);
    // Its data are missing, too, when it was forgotten while this was read.
    const still = damaged.filter(({ id }) => existsSync(join(folder, `${id}.json`)));
    return { complete: complete.sort(newestFirst), damaged: still };
  }

  return {
    list: async (name) => (await read(name)).complete,
    damaged: async (name) => (await read(name)).damaged,
    service: (name) => (known.get(name) ?? known.get(nameOf(name, known.keys(), folderOf) ?? ''))?.service,
    names: () => [...known.keys()],
    definition: (name) => known.get(name),
    folder: folderOf,
    opened: (record, how, use) => openBackup(record, { ...how, secretKey }, use),
    data: (record, signal) => dataOf(record, { signal, secretKey }),
    async begin(name, createdAt) {
      const folder = folderOf(name);
      if (locationOf(name) === 'configuration' && secretKey === undefined) throw notWithoutKey();
      await mkdir(folder, { recursive: true, mode: 0o750 });
      const id = `${createdAt.toISOString().replace(/[-:]|\.\d+Z$/g, '')}-${randomBytes(2).toString('hex')}`;
      const path = join(folder, `${id}${ENDS[locationOf(name)]}${secretKey === undefined ? '' : '.age'}`);
      return createDraft({ id, path, manifest: join(folder, `${id}.json`) }, secretKey);
    },
    prove: ({ name, id }, proof) => writeProof(join(folderOf(name), `${id}.proof`), proof),
    async forget({ name, id, file }) {
      const folder = folderOf(name);
      await rm(join(folder, `${id}.json`), { force: true });
      await syncFolder(folder);
      for (const left of [file, join(folder, `${id}.proof`)]) await rm(left, { force: true });
    },
    async sweep(name, olderThanMs, now) {
      const folder = folderOf(name);
      const files = await readdir(folder).catch(() => []);
      const counted = new Set(files.filter((file) => file.endsWith('.json')).map((file) => basename(file, '.json')));
      const gone: string[] = [];
      for (const file of files) {
        if (counted.has(file.slice(0, file.indexOf('.'))) && !file.endsWith('.part')) continue;
        const found = await stat(join(folder, file)).catch(() => undefined);
        if (!found?.isFile() || now.getTime() - found.mtimeMs < olderThanMs) continue;
        await rm(join(folder, file), { force: true });
        gone.push(file);
      }
      return gone;
    },
  };
}

/** Code of the error that says so. */
export const NOT_ENCRYPTED = 'not_encrypted';

function notWithoutKey(): ActionError {
  return new ActionError(
    'REVIVER_SECRET_KEY is not set, and configuration and secrets are never written without encryption: there is no export of them.',
    { code: NOT_ENCRYPTED, retryable: false, untouched: true },
  );
}

function newestFirst(a: BackupRecord, b: BackupRecord): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1);
}

/** The name under which a backup lies that is given by its id or its file. */
function nameOf(wanted: string, names: Iterable<string>, folderOf: (name: string) => string): string | undefined {
  const id = basename(wanted).replace(/\.(rdb|dump|tar)(\.age)?$/, '');
  return [...names].find((name) => {
    const ends = Object.values(ENDS).flatMap((end) => [end, `${end}.age`]);
    const files = ends.map((end) => join(folderOf(name), `${id}${end}`));
    return (wanted === id || files.includes(resolve(wanted))) && existsSync(join(folderOf(name), `${id}.json`));
  });
}
