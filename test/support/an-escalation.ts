import type { Engine, EscalationView } from '../../src/engine/engine.js';
import { escalationName } from '../../src/engine/escalation/escalation.js';
import { DEFAULT_STAGES } from '../../src/engine/escalation/policy.js';
import { NotFound } from '../../src/engine/model/errors.js';
import { at } from './builders.js';

export function anEscalation(over: Partial<EscalationView> = {}): EscalationView {
  return {
    id: 5,
    service: 'redis',
    policy: 'default',
    state: 'open',
    level: 1,
    hurry: 0,
    nextAt: at(300_000),
    code: 'unknown_outcome',
    reason: 'Step 2 "Start redis": outcome unknown',
    recoveryId: 12,
    incidentId: null,
    startedAt: at(0),
    lastAt: at(0),
    acknowledgedBy: null,
    resolvedBy: null,
    resolvedAt: null,
    failing: [],
    stages: DEFAULT_STAGES,
    ...over,
  };
}

type Calls = Pick<
  Engine,
  'escalation' | 'escalations' | 'acknowledgeEscalation' | 'acknowledgePage' | 'onCall' | 'testPagers'
>;

/** The part of an engine in memory that calls people: these escalations, and no pager. */
export function escalationsInMemory(all: EscalationView[] = []): Calls {
  const find = (id: number): EscalationView => {
    const found = all.find((one) => one.id === id);
    if (!found) throw new NotFound('escalation', escalationName(id));
    return found;
  };
  return {
    escalation: async (id) => find(id),
    escalations: async () => all.filter(({ state }) => state !== 'resolved'),
    acknowledgeEscalation: async (id, who) =>
      Object.assign(find(id), { state: 'acknowledged', acknowledgedBy: who.name, nextAt: null }),
    acknowledgePage: async () => false,
    onCall: () => ({ policies: [{ name: 'default', services: ['redis'], stages: DEFAULT_STAGES }], reaches: ['chat'] }),
    testPagers: async () => anEscalation({ id: 6, code: 'test', state: 'resolved' }),
  };
}
