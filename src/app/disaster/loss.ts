import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createPool } from '../../store/pool.js';

/**
 * When the data were written last: the newest time of any file below. undefined: there is nothing to read.
 * @param place a folder, or `volume:NAME` of the Docker engine of this machine
 */
export async function lastWritten(place: string): Promise<Date | undefined> {
  const folder = place.startsWith('volume:') ? await mountpoint(place.slice('volume:'.length)) : place;
  if (folder === undefined) return undefined;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  const newest = found.reduce((latest, one) => Math.max(latest, one?.mtimeMs ?? 0), 0);
  return newest > 0 ? new Date(newest) : undefined;
}

async function mountpoint(volume: string): Promise<string | undefined> {
  const run = promisify(execFile);
  return run('docker', ['volume', 'inspect', '--format', '{{.Mountpoint}}', volume]).then(
    ({ stdout }) => stdout.trim() || undefined,
    () => undefined,
  );
}

/** The last moment that is in Reviver's database, by its event log. undefined: it does not answer, or has none. */
export async function newestEvent(databaseUrl: string): Promise<Date | undefined> {
  const pool = createPool(databaseUrl, { connections: 1, applicationName: 'reviver disaster' });
  try {
    const { rows } = await pool.query<{ at: Date | null }>('SELECT max(at) AS at FROM events');
    return rows[0]?.at ?? undefined;
  } catch {
    return undefined;
  } finally {
    await pool.end();
  }
}
