import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { WorkerIdentity } from '../engine/ports.js';
import { pidNamespace, selfIdentity } from '../engine/processes/identity.js';

/**
 * This process as a worker. `host` is the same for two workers exactly when they can see each other's processes; a test
 * gives another one, so that one machine stands for two.
 */
export async function workerIdentity(
  pools: readonly string[],
  version: string,
  abilities: readonly string[],
  host?: string,
): Promise<WorkerIdentity> {
  const self = await selfIdentity();
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const seen = [hostname(), boot.trim().slice(0, 8), await pidNamespace()].filter(Boolean).join('/');
  return {
    id: `${hostname()}.${self.pid}.${randomBytes(3).toString('hex')}`,
    host: host ?? seen,
    pid: self.pid,
    startedAt: self.startedAt,
    pools: [...pools],
    version,
    abilities: [...abilities],
  };
}
