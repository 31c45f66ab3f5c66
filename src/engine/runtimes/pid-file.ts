import { readFile } from 'node:fs/promises';
import { PRINT_OWN_START, type ProcessIdentity } from '../processes/identity.js';

/**
 * `sh -c LAUNCHER sh <pid file> <program> <args...>`: writes who it is, then becomes the program under the same process
 * id. The file appears whole or not at all, and never replaces one: `ln` lets only one of two launchers go on. Closing fd 3
 * tells the parent that the program begins now.
 */
export const LAUNCHER = `
file=$1; shift
started=$(${PRINT_OWN_START}) || exit 125
echo "$$ $started" >"$file.$$" || exit 125
ln "$file.$$" "$file"; linked=$?
rm -f "$file.$$"
[ $linked = 0 ] || exit 125
exec 3>&-
exec "$@"`;

/** Who the pid file names, dead or alive; undefined when there is no readable one. */
export async function readPidFile(path: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const [pid = '', ...started] = text.trim().split(/\s+/);
  return /^\d+$/.test(pid) && started.length > 0 ? { pid: Number(pid), startedAt: started.join(' ') } : undefined;
}
