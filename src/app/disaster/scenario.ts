import { join } from 'node:path';
import { loadConstitution } from '../../config/constitution.js';
import type { Config } from '../../config/load.js';
import { createActions } from '../../engine/actions/actions.js';
import { NotFound } from '../../engine/model/errors.js';
import type { JsonObject } from '../../engine/model/json.js';
import type { Plan } from '../../engine/model/plan.js';
import type { Service } from '../../engine/model/service.js';
import { loadRunbooks } from '../../engine/planner/load-runbooks.js';
import { nearest } from '../../engine/planner/nearest.js';
import type { Runbook } from '../../engine/planner/runbook.js';
import { STRATEGIES } from '../../engine/planner/strategies/strategies.js';
import { type Installation, imaginedPlan } from '../../engine/rehearsal/imagined-plan.js';
import { packageRoot } from '../cli/version.js';

/** What may be lost, and what the disaster recovery document allows of each, in minutes. */
export const TARGETS: Readonly<Record<string, { service: string; rtoMinutes: number; rpoMinutes: number }>> = {
  postgres: { service: 'reviver_postgres', rtoMinutes: 30, rpoMinutes: 15 },
  redis: { service: 'reviver_redis', rtoMinutes: 10, rpoMinutes: 5 },
  server: { service: 'reviver_postgres', rtoMinutes: 20, rpoMinutes: 15 },
};

export interface Scenario {
  name: string;
  runbook: Runbook;
  plan: Plan;
  installation: Installation;
}

/** `postgres` of a plan that was made for it. */
export function scenarioOf({ name }: Pick<Plan, 'name'>): string {
  return name.replace(/_lost$/, '');
}

/** The runbooks of `disaster/`: not among those of the installation, since no Reviver runs that could choose them. */
export async function planScenario(
  name: string,
  params: JsonObject,
  { config, services }: { config: Config; services: readonly Service[] },
): Promise<Scenario> {
  const target = TARGETS[name];
  if (!target) throw new NotFound('scenario', name, nearest(name, Object.keys(TARGETS)) ?? 'postgres, redis or server');
  const runbooks = await loadRunbooks(join(packageRoot(), 'disaster'));
  const runbook = runbooks.find(({ id }) => id === `${name}_lost`);
  if (!runbook) throw new NotFound('runbook', `${name}_lost`);
  const installation: Installation = {
    services,
    runbooks,
    actions: createActions(),
    strategies: STRATEGIES,
    backups: undefined,
    pools: ['default'],
    policy: config.approvals,
    constitution: await loadConstitution(config.constitution),
  };
  const scripts = Object.hasOwn(runbook.params, 'home') ? { home: packageRoot() } : {};
  const asked = { runbook: runbook.id, service: target.service, params: { ...params, ...scripts } };
  const plan = await imaginedPlan(asked, installation, new Date());
  return { name, runbook, plan, installation };
}
