import { load } from './knowledge.mjs';

/** Services that differ by name alone. */
export function benchServices(count, prefix, recoveryStrategies, more = {}) {
  return Array.from({ length: count }, (_, index) => ({
    name: `${prefix}-${index}`,
    runtime: 'docker',
    health: [],
    recoveryStrategies,
    maxRecoveryAttempts: 3,
    criticality: 'medium',
    priority: 5,
    dependsOn: [],
    ...more,
  }));
}

/** The planner of the build over a knowledge store; its services run, and nothing else is known of them. */
export async function benchPlanner({ store, services, runbooks = [], strategies, now = () => new Date() }) {
  const { createPlanner } = await load('engine/planner/planner');
  const { look, toPast } = await load('engine/knowledge/look');
  const { STRATEGIES } = await load('engine/planner/strategies/strategies');
  const { BUILT_IN_ACTIONS } = await load('engine/actions/actions');
  const { DEFAULT_POLICY } = await load('engine/planner/policy');
  const { withoutRules } = await load('engine/constitution/constitution');
  return createPlanner({
    services: () => services,
    runbooks,
    strategies: strategies ?? STRATEGIES,
    actions: BUILT_IN_ACTIONS,
    backups: { list: async () => [], service: () => undefined, names: () => [] },
    snapshots: { list: async () => [] },
    pools: ['default'],
    policy: DEFAULT_POLICY,
    constitution: withoutRules('cdd01ef066bc6cf2'),
    past: async (service) => (await store.latest(service, 100)).map(toPast),
    proofs: async () => undefined,
    look: (text) => look(text, store),
    unhealthy: async () => new Set(),
    observe: async (names) => names.map((service) => ({ service, runtime: 'docker', status: 'running', facts: {} })),
    now,
  });
}
