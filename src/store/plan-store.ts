import type { Pool } from 'pg';
import type { RecoverRequest } from '../engine/engine.js';
import type { PlannedStep } from '../engine/model/plan.js';
import type { KeptPlan, PlanStore } from '../engine/ports.js';
import { rows } from './query.js';
import type { PlanBody } from './rows.js';

/** What a kept plan has beside its body: it is the row's, so that nothing is stored twice. */
interface Asked {
  request: RecoverRequest;
  incidentId: number;
}

interface KeptRow {
  key: string;
  incident_id: string;
  body: PlanBody;
  steps: PlannedStep[];
  asked: Asked;
}

/** Plans that nobody has begun yet, in the table of all plans: begun, they become those of their recoveries. */
export function createPlanStore(pool: Pool): PlanStore {
  return {
    async keep({ key, plan: { steps, ...body }, request, incident, incidentId }: KeptPlan) {
      await rows(
        pool,
        `INSERT INTO plans (key, incident_id, template_id, parameters, risk_score, digest, body, steps, asked)
         VALUES ($1, $2, (SELECT id FROM templates WHERE name = $3), $4, $5, $6, $7, $8, $9)`,
        [
          key,
          incident,
          body.kind === 'runbook' ? body.name : null,
          JSON.stringify(body.params),
          body.riskScore,
          body.digest,
          JSON.stringify(body),
          JSON.stringify(steps),
          JSON.stringify({ request, incidentId } satisfies Asked),
        ],
      );
    },

    async kept(key) {
      const [row] = await rows<KeptRow>(
        pool,
        'SELECT key, incident_id, body, steps, asked FROM plans WHERE key = $1 AND steps IS NOT NULL',
        [key],
      );
      if (!row) return undefined;
      const { body, steps, asked } = row;
      return { key, incident: row.incident_id, plan: { ...body, steps }, ...asked };
    },
  };
}
