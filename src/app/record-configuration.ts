import { hostname } from 'node:os';
import type { RecoveryStore } from '../engine/ports.js';
import type { NodeOptions } from './node-options.js';

/** For the audit: which rules this process runs with. Two starts with other digests are a change of the configuration. */
export async function recordConfiguration(
  { rulesRead, roles, version, constitution }: NodeOptions,
  store: Pick<RecoveryStore, 'record'>,
): Promise<void> {
  if (!rulesRead) return;
  const { file, sha256, runbooks } = rulesRead;
  const where = { via: 'process', address: `${hostname()}, process ${process.pid}` };
  const rules = { file, sha256, runbooks_sha256: runbooks, constitution: constitution.hash };
  const data = { ...where, ...rules, version, roles: [...roles] };
  await store.record(null, [{ kind: 'configuration.loaded', actor: 'reviver', data }]);
}
