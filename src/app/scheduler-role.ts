import { checkService } from '../engine/health/check-service.js';
import { startMonitor } from '../engine/health/monitor.js';
import type { Pool } from '../store/data-source.js';
import { createLeadership } from '../store/leadership.js';
import type { NodeOptions } from './node-options.js';
import type { WorkerRoleParts } from './worker-role.js';

/** Watches services: one process of the cluster does, the others stand by. */
export function startSchedulerRole(options: NodeOptions, parts: WorkerRoleParts & { pool: Pool }): void {
  const { engine, closing } = parts;
  const leadership = createLeadership(parts.pool, 'health');
  closing.add('leadership', () => leadership.close());
  const monitor = startMonitor({
    services: options.services,
    check: async (service, signal) =>
      (await checkService(service, signal)) ?? { healthy: true, detail: 'no check', durationMs: 0 },
    incidents: engine.incidents,
    leads: leadership.leads,
    onChange: () => {},
    now: engine.now,
    log: options.log,
  });
  closing.add('health monitor', () => monitor.stop());
}
