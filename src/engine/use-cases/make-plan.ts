import type { EnginePorts } from '../create-engine.js';
import { createPlanner, type MakePlan } from '../planner/planner.js';

/** Outcomes of a service that count as evidence. */
const PAST = 100;

/** The planner on what the engine is given: its past from the store, who is ill from the monitor. */
export function createMakePlan(ports: Omit<EnginePorts, 'registry' | 'people' | 'preview' | 'undoOf'>): MakePlan {
  const { store, incidents, history, knowledge, guard } = ports;
  const plan = createPlanner({
    ...ports,
    past: (service) => store.past(service, PAST),
    look: knowledge.look,
    proofs: (service) => history.proofs(service),
    async unhealthy() {
      const health = await incidents.health();
      return new Set(health.filter(({ status }) => status === 'unhealthy').map(({ service }) => service));
    },
  });
  return async (...request) => {
    await guard.require('scheduling');
    return plan(...request);
  };
}
