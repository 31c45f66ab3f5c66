import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type Constitution, withoutRules } from '../engine/constitution/constitution.js';
import { constitutional } from '../engine/constitution/constitutional.js';
import { sha256 } from './constitution-digest.js';

const schema = z.strictObject({
  hash: z.string(),
  forbidden_actions: z.array(z.string()).default([]),
  protected_services: z.array(z.string()).default([]),
  highest_risk_without_approval: z.number().min(0).max(1).default(1),
  least_quorum_for_critical_services: z.number().int().min(0).default(1),
});

/** The rules of the constitution's file, whose hash must be the one that the configuration names. No file: no rules. */
export async function loadConstitution(named: { hash: string; file: string }): Promise<Constitution> {
  const found = await readConstitution(named);
  if (found.mismatch !== undefined) throw constitutional(found.mismatch);
  return found;
}

/** The same; what is wrong with it stands in `mismatch`, for whoever must record it and call people before giving up. */
export async function readConstitution({ hash, file }: { hash: string; file: string }): Promise<Constitution> {
  const { content, code } = await readFile(file).then(
    (read) => ({ content: read, code: undefined }),
    (error: NodeJS.ErrnoException) => ({ content: undefined, code: error.code }),
  );
  const source = { file, sha256: sha256(content ?? '') };
  const without = { ...withoutRules(hash), source };
  if (code === 'ENOENT') return without;
  if (content === undefined)
    return { ...without, mismatch: `the constitution ${file} cannot be read (${code}): make it readable for Reviver` };
  const parsed = schema.safeParse(parseDocument(content.toString('utf8')).toJS({ maxAliasCount: 20 }));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const what = `${issue?.path.join('.') || 'constitution'}: ${issue?.message}`;
    return { ...without, mismatch: `the constitution ${file} is not valid: ${what}. Put the pinned file back` };
  }
  const { data } = parsed;
  const mismatch = `the constitution ${file} has the hash ${data.hash}, the configuration names ${hash}: one of them was changed. Let both name the same`;
  return {
    hash,
    source,
    forbiddenActions: data.forbidden_actions,
    protectedServices: data.protected_services,
    highestRiskWithoutApproval: data.highest_risk_without_approval,
    leastQuorumForCriticalServices: data.least_quorum_for_critical_services,
    ...(data.hash === hash ? {} : { mismatch }),
  };
}
