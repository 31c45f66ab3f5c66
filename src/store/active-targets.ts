import type { Pool } from 'pg';
import type { TargetState } from '../engine/model/plan.js';
import { rows } from './query.js';
import { ACTIVE } from './recovery-store.js';

/** What the recoveries that have not ended are about, as their plans saw it. */
export async function activeTargets(pool: Pool): Promise<TargetState[]> {
  const found = await rows<{ targets: TargetState[] | null }>(
    pool,
    `SELECT p.body->'targets' AS targets FROM recoveries r JOIN plans p ON p.id = r.plan_id WHERE r.${ACTIVE}`,
  );
  return found.flatMap(({ targets }) => targets ?? []);
}
