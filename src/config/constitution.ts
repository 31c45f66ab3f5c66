import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type Constitution, withoutRules } from '../engine/constitution/constitution.js';
import { UserError } from '../engine/model/errors.js';

const schema = z.strictObject({
  hash: z.string(),
  forbidden_actions: z.array(z.string()).default([]),
  protected_services: z.array(z.string()).default([]),
  highest_risk_without_approval: z.number().min(0).max(1).default(1),
  least_quorum_for_critical_services: z.number().int().min(0).default(1),
});

/** The rules of the constitution's file, whose hash must be the one that the configuration names. No file: no rules. */
export async function loadConstitution({ hash, file }: { hash: string; file: string }): Promise<Constitution> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new UserError('invalid_input', `The constitution ${file} cannot be read (${error.code}).`);
  });
  if (text === undefined) return withoutRules(hash);
  const parsed = schema.safeParse(parseDocument(text).toJS({ maxAliasCount: 20 }));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError('invalid_input', `${file}: ${issue?.path.join('.') || 'constitution'}: ${issue?.message}`);
  }
  const { data } = parsed;
  if (data.hash !== hash)
    throw new UserError(
      'constitution',
      `The constitution ${file} has the hash ${data.hash}, the configuration names ${hash}. Nothing starts until they agree.`,
    );
  return {
    hash,
    forbiddenActions: data.forbidden_actions,
    protectedServices: data.protected_services,
    highestRiskWithoutApproval: data.highest_risk_without_approval,
    leastQuorumForCriticalServices: data.least_quorum_for_critical_services,
  };
}
