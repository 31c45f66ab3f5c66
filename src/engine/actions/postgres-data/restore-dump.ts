import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { redact } from '../../model/redact.js';
import type { ActionContext } from '../action.js';
import { clientProgram } from './client-programs.js';
import { connection } from './connection.js';

/** The path of a file as pg_dump writes it, or what is in one. */
export type DumpSource = string | AsyncIterable<Buffer>;

/**
 * Into an empty database, as one transaction. undefined: done; else what pg_restore says is wrong. Of a stream: it was read
 * to its end, and throws what that throws; the database is then of no use.
 */
export async function restoreDump(
  { url, major, database, dump }: { url: string; major: number; database: string; dump: DumpSource },
  rim: Pick<ActionContext, 'exec'>,
  more: readonly string[] = [],
): Promise<string | undefined> {
  const program = await clientProgram('pg_restore', major, rim);
  const { argument, env } = connection(url, database);
  const args = ['--exit-on-error', '--single-transaction', '--no-password', ...more, argument];
  if (typeof dump === 'string') return saidBy(await rim.exec([program, ...args, dump], { env }));
  const pieces = dump[Symbol.asyncIterator]();
  try {
    const said = saidBy(await rim.exec([program, ...args], { env, give: (stdin) => pour(pieces, stdin) }));
    // pg_restore ends with the last table, which need not be the last byte.
    if (said === undefined) while (!(await pieces.next()).done);
    return said;
  } finally {
    await pieces.return?.();
  }
}

/** Until the program takes no more. */
async function pour(pieces: AsyncIterator<Buffer>, stdin: Writable): Promise<void> {
  const closed = once(stdin, 'close').catch(() => undefined);
  while (!stdin.destroyed) {
    const next = await pieces.next();
    if (next.done) break;
    if (!stdin.write(next.value)) await Promise.race([once(stdin, 'drain').catch(() => undefined), closed]);
  }
  stdin.end();
}

function saidBy({ exitCode, stderr }: { exitCode: number; stderr: string }): string | undefined {
  if (exitCode === 0) return undefined;
  const lines = stderr.trim().split('\n');
  return (
    redact(lines.find((line) => /error/i.test(line)) ?? stderr.trim()).slice(0, 300) || `it ended with ${exitCode}`
  );
}
