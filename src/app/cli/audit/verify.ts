import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { readEnvironment } from '../../../config/environment.js';
import { UserError } from '../../../engine/model/errors.js';
import type { StoredAnchor } from '../../../store/audit/anchors.js';
import { readExport } from '../../audit/read-export.js';
import { readPublicKey, readSigningKey } from '../../audit/signing-key.js';
import { type AuditReport, type Fault, verifyAudit } from '../../audit/verify.js';
import { verifyFile } from '../../audit/verify-file.js';
import type { VerifyFlags } from './command.js';
import { withAudit } from './open.js';

/** Gives the exit code: 0 where all is intact. */
export async function verifyCommand(flags: VerifyFlags, print: (line: string) => void): Promise<number> {
  const keys = await keysOf(flags);
  const outside = flags.anchors === undefined ? [] : await readAnchors(flags.anchors);
  const { file, from, to } = flags;
  const report =
    file === undefined
      ? await withAudit(({ pool, signal }) =>
          verifyAudit(pool, {
            keys,
            outside,
            signal,
            ...(from === undefined ? {} : { from }),
            ...(to === undefined ? {} : { to }),
          }),
        )
      : await verifyFile(readExport(file), { keys, outside });
  for (const line of explain(report)) print(line);
  return report.fault ? 1 : 0;
}

export function explain({ entries, after, end, sound, unknown, fault }: AuditReport): string[] {
  const anchors = `${sound} signed anchors hold.`;
  const strangers = [...new Set(unknown.map(({ key }) => key))];
  const notBelieved = strangers.map(
    (key) => `Anchors of the key ${key} were not looked at: give its public key with --public-key.`,
  );
  if (fault) return [`BROKEN: ${FAULTS[fault.how](fault)}`, ...notBelieved];
  const what =
    entries === 0 ? 'There are no entries.' : `Intact: ${entries} entries, ${after.seq + 1} to ${end.seq}. ${anchors}`;
  return [what, ...(entries === 0 ? [] : [`The last one has the hash ${end.hash}.`]), ...notBelieved];
}

const at = (fault: Fault) => ('seq' in fault ? `entry ${fault.seq}` : `event ${fault.event}`);

const FAULTS: Record<Fault['how'], (fault: Fault) => string> = {
  edited: (fault) => `${at(fault)} was edited: its hash is not that of its content.`,
  missing: (fault) => `${at(fault)} is missing.`,
  inserted: (fault) => `${at(fault)} was inserted: its place is taken already.`,
  out_of_order: (fault) => `${at(fault)} is not in its place.`,
  rewritten: (fault) =>
    `${at(fault)} was rewritten: it does not follow the one before, or is not the one that was signed.`,
  anchor_forged: (fault) => `the anchor at ${at(fault)} was not signed by the key that it names.`,
  anchor_missing: (fault) =>
    `the chain begins after ${at(fault)}, and no anchor of a known key says that it was cut there. Give the key with --public-key.`,
  event_differs: (fault) => `${at(fault)} is told otherwise by the event log than by the audit.`,
  event_missing: (fault) => `${at(fault)} is in the audit, and the event log has lost it.`,
  not_sealed: (fault) => `${at(fault)} is in the event log, and the audit does not have it.`,
};

/** The key of this machine, where it has one, and those that were given. */
async function keysOf({ publicKey }: VerifyFlags): Promise<KeyObject[]> {
  const own = await readSigningKey(readEnvironment(process.env).AUDIT_SIGNING_KEY_FILE);
  const given = await Promise.all(publicKey.map(readPublicKey));
  return own ? [own.publicKey, ...given] : given;
}

const anchorSchema = z.strictObject({
  seq: z.int(),
  hash: z.string(),
  at: z.string(),
  signature: z.string(),
  key: z.string(),
});

async function readAnchors(file: string): Promise<StoredAnchor[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UserError('unavailable', `${file} cannot be read.`);
  });
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, n) => {
    try {
      return anchorSchema.parse(JSON.parse(line));
    } catch {
      throw new UserError('invalid_input', `${file}, line ${n + 1}: no anchor as "reviver audit anchor" prints it.`);
    }
  });
}
