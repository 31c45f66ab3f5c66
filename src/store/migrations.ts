import type { Pool } from 'pg';
import { Core1764000000000 } from '../../migrations/1764000000000-core.js';
import { Chat1764000001000 } from '../../migrations/1764000001000-chat.js';
import { ChatIntake1764000002000 } from '../../migrations/1764000002000-chat-intake.js';
import { Breakers1764000003000 } from '../../migrations/1764000003000-breakers.js';
import { ApprovalDetail1764000006000 } from '../../migrations/1764000006000-approval-detail.js';
import { Abilities1764000009000 } from '../../migrations/1764000009000-abilities.js';
import { FirstBefore1764000010000 } from '../../migrations/1764000010000-first-before.js';
import { Knowledge1764000011000 } from '../../migrations/1764000011000-knowledge.js';
import { Feedback1764000013000 } from '../../migrations/1764000013000-feedback.js';
import { Proven1764000014000 } from '../../migrations/1764000014000-proven.js';
import { TemplatesPlansExecutions1764000015000 } from '../../migrations/1764000015000-templates-plans-executions.js';
import { Alerts1764000016000 } from '../../migrations/1764000016000-alerts.js';
import { AutoRecover1764000017000 } from '../../migrations/1764000017000-auto-recover.js';
import { Escalations1764000019000 } from '../../migrations/1764000019000-escalations.js';
import { Monitor1764000021000 } from '../../migrations/1764000021000-monitor.js';
import { Housekeeping1764000023000 } from '../../migrations/1764000023000-housekeeping.js';
import { Retention1764000026000 } from '../../migrations/1764000026000-retention.js';
import { NotesKnown1764000028000 } from '../../migrations/1764000028000-notes-known.js';
import { Drills1764000030000 } from '../../migrations/1764000030000-drills.js';
import { Audit1764000032000 } from '../../migrations/1764000032000-audit.js';
import { ConstitutionPins1764000033000 } from '../../migrations/1764000033000-constitution-pins.js';
import { RecoveryPolicies1764000034000 } from '../../migrations/1764000034000-recovery-policies.js';
import { KeptAnswers1764000034100 } from '../../migrations/1764000034100-kept-answers.js';
import { SealKey1764000037000 } from '../../migrations/1764000037000-seal-key.js';
import { ReasonsOfRecovery1764000038000 } from '../../migrations/1764000038000-reasons-of-recovery.js';
import { LogOrder1764000039000 } from '../../migrations/1764000039000-log-order.js';
import { UnwantedCare1764000040000 } from '../../migrations/1764000040000-unwanted-care.js';
import { Disasters1764000041000 } from '../../migrations/1764000041000-disasters.js';
import { UserError } from '../engine/model/errors.js';
import { rows } from './query.js';

/** All of them, in order. */
export const MIGRATIONS = [
  Core1764000000000,
  Chat1764000001000,
  ChatIntake1764000002000,
  Breakers1764000003000,
  ApprovalDetail1764000006000,
  Abilities1764000009000,
  FirstBefore1764000010000,
  Knowledge1764000011000,
  Feedback1764000013000,
  Proven1764000014000,
  TemplatesPlansExecutions1764000015000,
  Alerts1764000016000,
  AutoRecover1764000017000,
  Escalations1764000019000,
  Monitor1764000021000,
  Housekeeping1764000023000,
  Retention1764000026000,
  NotesKnown1764000028000,
  Drills1764000030000,
  Audit1764000032000,
  ConstitutionPins1764000033000,
  RecoveryPolicies1764000034000,
  KeptAnswers1764000034100,
  SealKey1764000037000,
  ReasonsOfRecovery1764000038000,
  LogOrder1764000039000,
  UnwantedCare1764000040000,
  Disasters1764000041000,
];

export const MIGRATIONS_TABLE = 'reviver_migrations';

/** Names of the migrations that this database still needs: asked without loading what runs them. */
export async function missingMigrations(pool: Pool): Promise<string[]> {
  const [table] = await rows<{ there: boolean }>(pool, 'SELECT to_regclass($1) IS NOT NULL AS there', [
    MIGRATIONS_TABLE,
  ]);
  const done = table?.there ? await rows<{ name: string }>(pool, `SELECT name FROM ${MIGRATIONS_TABLE}`) : [];
  const names = new Set(done.map(({ name }) => name));
  return MIGRATIONS.map(({ name }) => name).filter((name) => !names.has(name));
}

/** For commands that read what others made, and make no schema themselves. */
export async function requireSchema(pool: Pool): Promise<void> {
  const missing = await missingMigrations(pool);
  if (missing.length === 0) return;
  throw new UserError(
    'unavailable',
    missing.length === MIGRATIONS.length
      ? 'There is nothing of Reviver in this database yet. Run: reviver migrate'
      : `This database is not one of this version of Reviver: it lacks ${missing.join(', ')}. Run: reviver migrate`,
  );
}
