import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Overlay } from '../../runtimes/runtime.js';
import type { RedisLayout } from './layout.js';

/**
 * A number that Redis itself does not come to: what it left in the folder under lower numbers is not in the manifest,
 * and it would append to a file of the next number, if it were there.
 */
const SEQUENCE = 1_000_000_000;

/**
 * The files by which Redis loads this dump and nothing else, whatever else lies in its folder: with `appendonly yes` it
 * reads what the manifest names and ignores the dump. Source: redis.io/docs/latest/operate/oss_and_stack/management/persistence.
 */
export async function overlayOf(layout: RedisLayout, dump: string, into: string): Promise<Overlay> {
  const { folder, appendOnly, appendFolder, appendFile } = layout;
  await mkdir(into, { recursive: true });
  await copyFile(dump, join(into, layout.dump));
  if (appendOnly === 'yes' && appendFolder === '') await copyFile(dump, join(into, appendFile));
  if (appendOnly === 'yes' && appendFolder !== '') {
    const parts = join(into, appendFolder);
    const [base, increment] = [`${appendFile}.${SEQUENCE}.base.rdb`, `${appendFile}.${SEQUENCE}.incr.aof`];
    await mkdir(parts);
    await copyFile(dump, join(parts, base));
    await writeFile(join(parts, increment), '');
    await writeFile(
      join(parts, `${appendFile}.manifest`),
      `file ${base} seq ${SEQUENCE} type b\nfile ${increment} seq ${SEQUENCE} type i\n`,
    );
  }
  return { at: folder, folder: into };
}
