import { existsSync } from 'node:fs';
import { installByApt } from './debian.mjs';
import { progress } from './progress.mjs';
import { onPath } from './redis-server.mjs';

/** Programs that single tests need, and Debian's packages of them. */
const TOOLS = {
  age: { programs: ['age', 'age-keygen'], packages: 'age' },
  pgbouncer: { programs: ['pgbouncer'], packages: 'pgbouncer' },
  prometheus: { programs: ['prometheus', 'promtool'], packages: 'prometheus' },
  alertmanager: { programs: ['prometheus-alertmanager', 'amtool'], packages: 'prometheus-alertmanager' },
  shellcheck: { programs: ['shellcheck'], packages: 'shellcheck' },
  openssl: { programs: ['openssl'], packages: 'openssl' },
};

/** Gets these tools: in a container, as root. */
export async function findTools() {
  const canInstall = onPath('apt-get') && process.getuid?.() === 0 && !existsSync('/run/systemd/system');
  const missing = Object.keys(TOOLS).filter((name) => toolMissing(name));
  if (!canInstall || missing.length === 0) return;
  const packages = missing.map((name) => TOOLS[name].packages);
  // Where apt fails the tests say what is missing, and are left out.
  await progress(`Installing ${missing.join(', ')}`, () => installByApt(packages)).catch(() => undefined);
}

/**
 * One line when the tool is not there.
 * @param {keyof typeof TOOLS} name
 * @returns {string | undefined}
 */
export function toolMissing(name) {
  const { programs, packages } = TOOLS[name];
  if (programs.every(onPath)) return undefined;
  return `The tool ${name} is not there (Debian: apt-get install ${packages}).`;
}
