import { UserError } from '../model/errors.js';
import { type Recovery, recoveryName } from '../model/recovery.js';
import type { RecoveryStore } from '../ports.js';

/**
 * What was there before a recovery is put back only as long as no later one, of this or another service, has begun to
 * change the same services: it would overwrite what that one did.
 */
export async function refuseChangedSince(
  { id, service, claims }: Pick<Recovery, 'id' | 'service' | 'claims'>,
  store: Pick<RecoveryStore, 'list'>,
): Promise<void> {
  const [later] = await store.list({ after: id, changed: claims, limit: 1 });
  if (!later) return;
  const recovery = recoveryName(id);
  const other = recoveryName(later.recovery.id);
  const both = later.recovery.claims.filter((name) => claims.includes(name));
  const changed = both.includes(service) ? service : (both[0] ?? service);
  throw new UserError(
    'conflict',
    `${other} changed ${changed} after ${recovery}, so what was there before ${recovery} cannot be put back.`,
    { recovery: other },
    { kind: 'changed_after', recovery, service: changed, other },
  );
}
