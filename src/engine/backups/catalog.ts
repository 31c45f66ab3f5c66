import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { BackupCatalog, BackupRecord, DamagedBackup } from '../actions/action.js';
import { InvalidInput, NotFound } from '../model/errors.js';
import { copyDurably, publish, writeDurably } from './durable-files.js';
import { manifestText, readManifest } from './manifest.js';

/** A line of the `backups` section. */
export interface BackupDefinition {
  service: string;
  location: Location;
  /** Of Postgres: which one; absent: the one in the URL of the service's health check. */
  database?: string;
}

/** Where backups can lie: a folder below the backup folder each; how their data files end. */
const ENDS = { redis: '.rdb', postgres: '.dump' };
export type Location = keyof typeof ENDS;
const LOCATIONS = Object.keys(ENDS);
const isLocation = (given: string): given is Location => LOCATIONS.includes(given);

/**
 * Backups as files: `<dir>/<location>/<name>/<id>.rdb` (Postgres: `.dump`) and beside it `<id>.json`. The manifest is written last, so a
 * backup without one is half-written and does not exist.
 */
export function createBackupCatalog(
  definitions: Record<string, Omit<BackupDefinition, 'location'> & { location: string }>,
  { dir }: { dir: string },
): Required<BackupCatalog> {
  const known = new Map<string, BackupDefinition>();
  for (const [name, { location, ...rest }] of Object.entries(definitions)) {
    if (!isLocation(location)) throw new InvalidInput(`backups.${name}.location`, location, LOCATIONS.join(', '));
    known.set(name, { ...rest, location });
  }

  function folderOf(name: string): string {
    const definition = known.get(name);
    if (!definition) throw new NotFound('backup', name);
    return resolve(dir, definition.location, encodeURIComponent(name));
  }

  async function read(name: string): Promise<{ complete: BackupRecord[]; damaged: DamagedBackup[] }> {
    const folder = folderOf(name);
    const end = ENDS[known.get(name)?.location ?? 'redis'];
    const files = await readdir(folder).catch(() => []);
    const ids = files.filter((file) => file.endsWith('.json')).map((file) => basename(file, '.json'));
    const found = await Promise.all(
      ids.map((id) => readManifest(join(folder, `${id}.json`), id, join(folder, `${id}${end}`))),
    );
    const complete = found.filter((one): one is BackupRecord => 'sha256' in one);
    return { complete: complete.sort(newestFirst), damaged: found.filter((one) => 'reason' in one) };
  }

  return {
    list: async (name) => (await read(name)).complete,
    damaged: async (name) => (await read(name)).damaged,
    service: (name) => (known.get(name) ?? known.get(nameOf(name, known.keys(), folderOf) ?? ''))?.service,
    names: () => [...known.keys()],
    definition: (name) => known.get(name),
    async add(given, sourceFile) {
      const folder = folderOf(given.name);
      await mkdir(folder, { recursive: true });
      const id = `${given.createdAt.toISOString().replace(/[-:]|\.\d+Z$/g, '')}-${randomBytes(2).toString('hex')}`;
      const end = ENDS[given.kind];
      const file = join(folder, `${id}${end}`);
      const temporary = `${file}.part`;
      try {
        const copied = await copyDurably(sourceFile, temporary);
        await publish(temporary, file);
        const record: BackupRecord = { ...given, id, file, ...copied };
        await writeDurably(join(folder, `${id}.json`), manifestText(record));
        return record;
      } catch (error) {
        for (const left of [`${id}.json`, `${id}.json.part`, `${id}${end}`, `${id}${end}.part`])
          await rm(join(folder, left), { force: true });
        throw error;
      }
    },
  };
}

function newestFirst(a: BackupRecord, b: BackupRecord): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1);
}

/** The name under which a backup lies that is given by its id or its file. */
function nameOf(wanted: string, names: Iterable<string>, folderOf: (name: string) => string): string | undefined {
  const id = basename(wanted).replace(/\.(rdb|dump)$/, '');
  return [...names].find((name) => {
    const files = Object.values(ENDS).map((end) => join(folderOf(name), `${id}${end}`));
    return (wanted === id || files.includes(resolve(wanted))) && existsSync(join(folderOf(name), `${id}.json`));
  });
}
