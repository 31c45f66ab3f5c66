import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ActionContext, ActionError } from '../action.js';

/** Where Debian puts the programs of each major version; other systems have them on the PATH. */
const DEBIAN = '/usr/lib/postgresql';

type Rim = Pick<ActionContext, 'exec'>;
type Program = 'pg_dump' | 'pg_restore' | 'pg_basebackup';

/**
 * A program for a server: the oldest that is not older than the server, since older ones refuse it and
 * what newer ones write an older server may not read. Source: PostgreSQL manual, pg_dump, Notes.
 */
export async function clientProgram(name: Program, serverMajor: number, rim: Rim, debian = DEBIAN): Promise<string> {
  const majors = (await readdir(debian).catch(() => [])).map(Number).filter(Number.isInteger);
  const fits = majors.filter((major) => major >= serverMajor).sort((a, b) => a - b);
  for (const major of fits) {
    const path = join(debian, String(major), 'bin', name);
    if ((await versionOf(path, rim)) !== undefined) return path;
  }
  const onPath = await versionOf(name, rim);
  if (onPath !== undefined && onPath >= serverMajor) return name;
  const there = onPath === undefined ? `there is no ${name} on this node` : `${name} here is of version ${onPath}`;
  throw new ActionError(
    `The server is PostgreSQL ${serverMajor}, and ${there}. Install postgresql-client-${serverMajor}. Nothing was changed.`,
    { code: 'no_client_program', retryable: false },
  );
}

/** `pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)` → 15 */
async function versionOf(program: string, { exec }: Rim): Promise<number | undefined> {
  const ran = await exec([program, '--version'], {}).catch((error: unknown) => {
    if (error instanceof ActionError) return undefined;
    throw error;
  });
  const [, major] = /\(PostgreSQL\) (\d+)/.exec(ran?.stdout ?? '') ?? [];
  return ran?.exitCode === 0 && major !== undefined ? Number(major) : undefined;
}
