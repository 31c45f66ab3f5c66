import type { Pool } from 'pg';
import { type PartitionFacts, partitionFacts } from './partitions/care.js';
import { rows } from './query.js';

interface BackupFacts {
  component: string;
  lastSuccess: number | null;
  bytes: number | null;
  durationS: number | null;
  failing: boolean;
  errors: number;
}

/** What metrics say of routine care. Jobs whose name begins with `backup_` are backups, of what follows. */
export async function housekeepingFacts(pool: Pool): Promise<{ partitions: PartitionFacts; backups: BackupFacts[] }> {
  const [partitions, backups] = await Promise.all([
    partitionFacts(pool),
    rows<BackupFacts>(
      pool,
      `SELECT substr(name, 8) AS component, extract(epoch FROM last_success_at)::float8 AS "lastSuccess",
         CASE WHEN jsonb_typeof(result->'bytes') = 'number' THEN (result->>'bytes')::float8 END AS bytes,
         last_ms / 1000.0::float8 AS "durationS", coalesce(last_outcome = 'failed', false) AS failing, failures::float8 AS errors
       FROM housekeeping WHERE starts_with(name, 'backup_') AND wanted`,
    ),
  ]);
  return { partitions, backups };
}
