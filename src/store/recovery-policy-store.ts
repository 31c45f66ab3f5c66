import type { Pool } from 'pg';
import type { RetryPolicy } from '../engine/model/retry-policy.js';
import type { RecoveryPolicyStore, SetPolicy } from '../engine/recovery-policies/recovery-policy.js';
import type { Statement } from './hot-statements.js';
import { rows, run } from './query.js';

const COLUMNS = 'service, policy, version, set_by, set_at';

interface Row {
  service: string;
  policy: RetryPolicy;
  version: number;
  set_by: string;
  set_at: Date;
}

const POLICY_OF: Statement = {
  name: 'policy',
  text: `SELECT ${COLUMNS} FROM recovery_policies WHERE service = $1`,
};

/** Policies of services in Postgres, each written with its event. */
export function createRecoveryPolicyStore(pool: Pool): RecoveryPolicyStore {
  return {
    async get(service) {
      const [row] = await run<Row>(pool, POLICY_OF, [service]);
      return row && toPolicy(row);
    },

    async all() {
      return (await rows<Row>(pool, `SELECT ${COLUMNS} FROM recovery_policies ORDER BY service`)).map(toPolicy);
    },

    async put({ service, policy, by, via, constitution }, expected) {
      const [row] = await rows<Row>(
        pool,
        `WITH was AS (SELECT policy FROM recovery_policies WHERE service = $1),
         put AS (
           INSERT INTO recovery_policies AS p (service, policy, version, set_by)
           SELECT $1, $2::jsonb, 1, $3 WHERE $4::int = 0 OR EXISTS (SELECT FROM was)
           ON CONFLICT (service) DO UPDATE
             SET policy = excluded.policy, version = p.version + 1, set_by = excluded.set_by, set_at = now()
             WHERE p.version = $4::int
           RETURNING ${COLUMNS}),
         told AS (
           INSERT INTO events (kind, actor, data, constitution)
           SELECT 'policy.set', set_by, jsonb_build_object('service', service, 'policy', policy, 'version', version,
             'was', (SELECT policy FROM was), 'via', $5::text), $6 FROM put)
         SELECT * FROM put`,
        [service, JSON.stringify(policy), by, expected, via, constitution],
      );
      return row && toPolicy(row);
    },
  };
}

function toPolicy({ service, policy, version, set_by, set_at }: Row): SetPolicy {
  return { service, policy, version, by: set_by, at: set_at };
}
