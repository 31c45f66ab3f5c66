import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type Constitution, withoutRules } from '../engine/constitution/constitution.js';
import { RecoveryConstitutionalError, UserError } from '../engine/model/errors.js';

const schema = z.strictObject({
  hash: z.string(),
  forbidden_actions: z.array(z.string()).default([]),
  protected_services: z.array(z.string()).default([]),
  highest_risk_without_approval: z.number().min(0).max(1).default(1),
  least_quorum_for_critical_services: z.number().int().min(0).default(1),
});

/** The rules of the constitution's file, whose hash must be the one that the configuration names. No file: no rules. */
export async function loadConstitution({ hash, file }: { hash: string; file: string }): Promise<Constitution> {
  const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new UserError('invalid_input', `The constitution ${file} cannot be read (${error.code}).`);
  });
  const source = { file, sha256: sha256(content ?? '') };
  if (content === undefined) return { ...withoutRules(hash), source };
  const text = content.toString('utf8');
  const parsed = schema.safeParse(parseDocument(text).toJS({ maxAliasCount: 20 }));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError('invalid_input', `${file}: ${issue?.path.join('.') || 'constitution'}: ${issue?.message}`);
  }
  const { data } = parsed;
  if (data.hash !== hash)
    throw new RecoveryConstitutionalError(
      `The constitution ${file} has the hash ${data.hash}, the configuration names ${hash}. Nothing starts until they agree.`,
    );
  return {
    hash,
    source,
    forbiddenActions: data.forbidden_actions,
    protectedServices: data.protected_services,
    highestRiskWithoutApproval: data.highest_risk_without_approval,
    leastQuorumForCriticalServices: data.least_quorum_for_critical_services,
  };
}

/** SHA-256 (hex) of the file as it is now; a file that is not there is as an empty one, an unreadable one is undefined. */
export async function constitutionDigest(file: string): Promise<string | undefined> {
  try {
    return sha256(await readFile(file));
  } catch (error) {
    const gone = error instanceof Object && 'code' in error && error.code === 'ENOENT';
    return gone ? sha256('') : undefined;
  }
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
