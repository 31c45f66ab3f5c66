import type { Engine } from '../../engine/engine.js';
import type { Limits } from '../limits.js';
import type { Route } from '../route.js';
import type { WaitForEnd } from '../wait-for-end.js';
import { acknowledgeRoute } from './alerts.js';
import { auditRoute, type ReadAudit } from './audit.js';
import { resetBreakerRoute } from './breakers.js';
import { decisionRoutes } from './decisions.js';
import { drillRoute } from './drills.js';
import { executeRoute } from './execute.js';
import { feedbackRoutes } from './feedback.js';
import { type HealthParts, healthRoutes } from './health.js';
import { historyRoutes } from './history.js';
import { metricsRoute, type Scrape } from './metrics.js';
import { planRoute } from './plan.js';
import { policyRoutes } from './policies.js';
import { postmortemRoutes } from './postmortem.js';
import { recoverRoute } from './recover.js';
import { recoveriesRoutes } from './recoveries.js';
import { snapshotsRoute } from './snapshots.js';
import { statusRoute } from './status.js';
import { templatesRoute } from './templates.js';
import { warmUpRoute } from './warm-up.js';
import { type WebhookParts, webhookRoutes } from './webhooks.js';

export interface RouteParts extends HealthParts {
  engine: Engine;
  webhooks: Omit<WebhookParts, 'engine'>;
  scrape: Scrape;
  audit?: ReadAudit;
  waitForEnd: WaitForEnd;
  limits: Pick<Limits, 'executeWaitMs'>;
}

/** The table of the API. A new route is one row in a file here. */
export function routeTable({ engine, scrape, audit, waitForEnd, limits, webhooks, ...health }: RouteParts): Route[] {
  return [
    ...healthRoutes(health),
    statusRoute(engine, health.constitutionalHash),
    metricsRoute(scrape),
    templatesRoute(engine),
    ...policyRoutes(engine, health.constitutionalHash),
    snapshotsRoute(engine),
    resetBreakerRoute(engine),
    planRoute(engine),
    executeRoute(engine, waitForEnd, limits),
    recoverRoute(engine),
    drillRoute(engine),
    ...recoveriesRoutes(engine),
    ...decisionRoutes(engine),
    ...historyRoutes(engine),
    ...postmortemRoutes(engine),
    ...feedbackRoutes(engine),
    acknowledgeRoute(engine),
    auditRoute(audit ?? (async () => [])),
    warmUpRoute(engine),
    ...webhookRoutes({ engine, ...webhooks }),
  ];
}
