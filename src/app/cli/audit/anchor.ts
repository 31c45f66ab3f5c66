import { readEnvironment } from '../../../config/environment.js';
import { UserError } from '../../../engine/model/errors.js';
import { sealAll } from '../../../store/audit/sealer.js';
import { anchorNow } from '../../audit/anchoring.js';
import { openSigningKey, publicPem } from '../../audit/signing-key.js';
import { withAudit } from './open.js';

/** One line of JSON, or the public key in PEM. */
export async function anchorCommand(
  { publicKey }: { publicKey: boolean },
  print: (line: string) => void,
): Promise<void> {
  const { AUDIT_SIGNING_KEY_FILE: file } = readEnvironment(process.env);
  const key = await openSigningKey(file);
  if (publicKey) return print(publicPem(key.publicKey).trimEnd());
  await withAudit(async ({ pool, signal }) => {
    await sealAll(pool, signal);
    const anchor = await anchorNow(pool, key);
    if (!anchor) throw new UserError('not_found', 'Nothing is sealed yet, so there is nothing to sign.');
    print(JSON.stringify(anchor));
  });
}
