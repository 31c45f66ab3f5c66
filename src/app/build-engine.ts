import { createEngine, type EnginePorts } from '../engine/create-engine.js';
import type { Engine } from '../engine/engine.js';
import { createEscalations, type Escalations } from '../engine/escalation/escalations.js';
import { stoppingEscalations } from '../engine/escalation/stopping.js';
import { look } from '../engine/knowledge/look.js';
import { STRATEGIES } from '../engine/planner/strategies/strategies.js';
import { tracedEngine } from '../engine/tracing/traced-engine.js';
import type { Tracing } from '../engine/tracing/tracing.js';
import type { RedisLink } from '../jobs/redis-link.js';
import { createAlertStore } from '../store/alert-store.js';
import { createAutoRecoverStore } from '../store/auto-recover-store.js';
import { createAvailabilityStore } from '../store/availability-store.js';
import type { DataSource } from '../store/data-source.js';
import { createEscalationStore } from '../store/escalation-store.js';
import { createFeedbackStore } from '../store/feedback-store.js';
import { createHistoryStore } from '../store/history-store.js';
import { createHousekeepingStore } from '../store/housekeeping-store.js';
import { createIncidentStore } from '../store/incident-store.js';
import { createKnowledgeStore } from '../store/knowledge-store.js';
import { createMaintenanceStore } from '../store/maintenance-store.js';
import { createPlanStore } from '../store/plan-store.js';
import type { Pool } from '../store/pool.js';
import { createRecoveryPolicyStore } from '../store/recovery-policy-store.js';
import { type HandsOptions, lateActions, lookingContext } from './hands.js';
import type { NodeOptions } from './node-options.js';

export interface EngineParts
  extends Pick<
    EnginePorts,
    'store' | 'registry' | 'dispatcher' | 'breakers' | 'services' | 'observe' | 'undoOf' | 'ending' | 'now' | 'guard'
  > {
  hands: Omit<HandsOptions, 'exec'>;
  link: RedisLink;
  pool: Pool;
  source: DataSource;
  tracing: Tracing | undefined;
}

/** The engine that surfaces call, with everything that it reaches outside through. */
export function buildEngine(
  options: NodeOptions,
  parts: EngineParts,
): {
  engine: Engine;
  ports: EnginePorts & { escalations: Escalations };
} {
  const { hands, link, pool, source, tracing, ...core } = parts;
  const { actions, backups, snapshots } = hands;
  const looking = { ...hands, exec: () => () => Promise.reject(new Error('looking runs no programs')) };
  const late = lateActions(hands);
  const extra = (options.extraStrategies ?? []).map((strategy) => [strategy.name, strategy] as const);
  const escalations = createEscalations({
    store: createEscalationStore(pool),
    installation: hands.installation,
    services: core.services,
    log: options.log,
    dispatcher: core.dispatcher,
    policies: options.escalation.policies,
    contacts: options.escalation.contacts,
  });
  const knowledgeStore = createKnowledgeStore(pool);
  const ports: EnginePorts & { escalations: Escalations } = {
    ...options,
    ...core,
    escalations,
    actions,
    backups,
    snapshots,
    feedback: createFeedbackStore(pool),
    history: createHistoryStore(pool),
    plans: createPlanStore(pool),
    availability: createAvailabilityStore(pool),
    maintenance: createMaintenanceStore(pool),
    recoveryPolicies: createRecoveryPolicyStore(pool),
    incidents: stoppingEscalations(createIncidentStore(pool, source), escalations),
    knowledge: { look: (text) => look(text, knowledgeStore) },
    match: options.alerts.match,
    alerts: createAlertStore(pool),
    autoRecover: createAutoRecoverStore(pool),
    housekeeping: createHousekeepingStore(pool),
    strategies: new Map([...STRATEGIES, ...extra]),
    preview: async (name, input, signal) => {
      const action = late.get(name);
      return (await action?.preview?.(input, lookingContext(looking, signal))) ?? action?.title(input) ?? name;
    },
    parts: () => ({ redis: link.state() }),
  };
  const engine = createEngine(ports);
  const find = async (id: number) => (await core.store.load(id))?.recovery;
  return { engine: tracing ? tracedEngine(engine, tracing, find) : engine, ports };
}
