import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { redact } from '../../model/redact.js';
import { type ActionContext, ActionError } from '../action.js';
import { clientProgram } from './client-programs.js';
import { connection } from './connection.js';
import type { Database, Server } from './databases.js';

export interface Dumped extends Database {
  /** Name of its file. */
  file: string;
}

type Rim = Pick<ActionContext, 'exec' | 'signal'>;

/** Each database as pg_dump sees it at the moment when it begins with it. */
export async function dumpDatabases(
  url: string,
  { major, databases }: Server,
  folder: string,
  rim: Rim,
): Promise<(Dumped & { bytes: number })[]> {
  const program = await clientProgram('pg_dump', major, rim);
  const dumped: (Dumped & { bytes: number })[] = [];
  for (const [index, { bytes: _, ...database }] of databases.entries()) {
    const file = `${index}.dump`;
    const { argument, env } = connection(url, database.name);
    const path = join(folder, file);
    const args = ['--format=custom', '--no-password', `--file=${path}`, argument];
    const { exitCode, stderr } = await rim.exec([program, ...args], { env });
    if (exitCode !== 0) throw notDumped(database.name, stderr);
    dumped.push({ ...database, file, bytes: (await stat(path)).size });
  }
  return dumped;
}

export interface DumpOf {
  name: string;
  major: number;
  /** Exported by an open transaction: what that one sees is dumped. */
  snapshot: string;
  /** Only those whose names fit one of these patterns, and these extensions. Absent: all. */
  tables?: readonly string[];
  extensions?: readonly string[];
}

/** One database; what pg_dump writes goes to `take`. */
export async function dumpDatabase(
  url: string,
  { name, major, snapshot, tables = [], extensions = [] }: DumpOf,
  rim: Rim,
  take: (stdout: Readable) => Promise<void>,
): Promise<void> {
  const program = await clientProgram('pg_dump', major, rim);
  const { argument, env } = connection(url, name);
  const only = [...tables.map((pattern) => `--table=${pattern}`), ...extensions.map((one) => `--extension=${one}`)];
  const args = ['--format=custom', '--no-password', `--snapshot=${snapshot}`, ...only, argument];
  const { exitCode, stderr } = await rim.exec([program, ...args], { env, take, signal: rim.signal });
  if (exitCode !== 0) throw notDumped(name, stderr);
}

function notDumped(database: string, stderr: string): ActionError {
  const said = redact(stderr.trim().split('\n')[0] ?? '');
  const full = /No space left on device|Disk quota exceeded/.test(stderr);
  return new ActionError(
    `The database ${database} could not be dumped: ${said || 'pg_dump said nothing'}. Nothing was changed, and nothing was kept.${full ? ' Make room on the disk of REVIVER_DATA.' : ''}`,
    { code: full ? 'not_written' : 'not_dumped', retryable: !full },
  );
}
