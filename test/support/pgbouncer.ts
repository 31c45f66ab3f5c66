import { describe } from '@jest/globals';
import { type PgBouncer, startPgBouncer } from '../../scripts/services/pgbouncer.mjs';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { toolMissing } from '../../scripts/setup/tools.mjs';
import { closingWithFile } from './closing-with-file.js';

const missing = toolMissing('pgbouncer');
if (missing) process.stderr.write(`Left out: ${missing}\n`);

/** `describe` for tests through a PgBouncer; where there is none they are left out, and one line says why. */
export const describePgBouncer = missing ? describe.skip : describe;

/** A PgBouncer in front of this server, until the test file ends; undefined where the program is not there. */
export async function throughPgBouncer(
  target: string,
  mode: 'session' | 'transaction' | 'statement',
): Promise<PgBouncer | undefined> {
  if (missing) return undefined;
  const { path, remove } = await createPrivateFolder('reviver-test');
  const server = await startPgBouncer({ dir: path, target, mode });
  closingWithFile(async () => {
    await server.stop();
    await remove();
  });
  return server;
}
