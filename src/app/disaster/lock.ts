import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../engine/model/errors.js';
import { isAlive, selfIdentity } from '../../engine/processes/identity.js';

/** One disaster recovery at a time on a machine; a lock whose process died is nobody's. Gives what releases it. */
export async function lockDisasters(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const file = join(folder, 'lock');
  const self = await selfIdentity();
  for (let tries = 0; ; tries += 1) {
    try {
      const made = await open(file, 'wx', 0o640);
      await made.writeFile(JSON.stringify(self)).finally(() => made.close());
      return () => rm(file, { force: true });
    } catch (error) {
      if (tries > 0 || Object(error).code !== 'EEXIST') throw error;
    }
    const holder = await readFile(file, 'utf8').then(
      (text) => JSON.parse(text),
      () => undefined,
    );
    if (holder && (await isAlive(holder)))
      throw new UserError(
        'conflict',
        `Process ${holder.pid} recovers from a disaster just now. Wait until it ends, or end it.`,
      );
    await rm(file, { force: true });
  }
}
