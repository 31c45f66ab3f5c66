import { withoutRules } from '../../../../src/engine/constitution/constitution.js';
import type { EnginePorts } from '../../../../src/engine/create-engine.js';
import type { Incident } from '../../../../src/engine/engine.js';
import { NOTHING_KNOWN } from '../../../../src/engine/knowledge/look.js';
import { UserError } from '../../../../src/engine/model/errors.js';
import type { Principal, Role } from '../../../../src/engine/model/person.js';
import { isTerminal, type Snapshot } from '../../../../src/engine/model/recovery.js';
import { DEFAULT_POLICY } from '../../../../src/engine/planner/policy.js';
import type { RecoveryDraft, RecoveryStore, Write } from '../../../../src/engine/ports.js';
import { createMemoryPolicies } from '../../../../src/engine/recovery-policies/memory-policies.js';
import type { ActPorts } from '../../../../src/engine/use-cases/act.js';
import { aPlan, aRecovery, aService, aStep, at, NO_SNAPSHOTS, ONE_BACKUP } from '../../../support/builders.js';

export const NOW = at(60_000);
export const who = (name: string, ...roles: Role[]): Principal => ({ name, roles, human: true, via: 'console' });
export const ANN = who('Ann', 'responder');

export interface World {
  ports: ActPorts;
  recoveries: Snapshot[];
  drafts: RecoveryDraft[];
  written: Write[];
  /** What the dispatcher and the store were told besides: `wake R-12`, `cancel R-12 by Ann`. */
  told: string[];
}

/** The engine's ports with recoveries in memory; `over` replaces what a test is about. */
export function world(
  recoveries: Snapshot[] = [],
  over: Partial<Omit<ActPorts, 'store' | 'incidents'>> & {
    store?: Partial<RecoveryStore>;
    incidents?: Partial<EnginePorts['incidents']>;
  } = {},
): World {
  const drafts: RecoveryDraft[] = [];
  const written: Write[] = [];
  const told: string[] = [];
  const find = (id: number) => recoveries.find(({ recovery }) => recovery.id === id);
  const unused = (): never => {
    throw new Error('this test needs no such thing');
  };
  const store: RecoveryStore = {
    async create(draft) {
      drafts.push(draft);
      const id = 100 + drafts.length;
      const { plan, approval } = draft;
      const recovery = aRecovery({ ...draft, id, planDigest: plan.digest, approvalId: approval?.id ?? null });
      const steps = plan.steps.map((_, position) => aStep(position));
      recoveries.push({ recovery, steps });
      return { created: true, recovery, steps };
    },
    load: async (id) => find(id),
    requested: async ({ request }) =>
      recoveries.find((one) => request !== undefined && one.recovery.origin.request === request),
    list: async ({ states, after = 0, changed }) =>
      recoveries.filter(
        ({ recovery: { id, state, claims, startedAt } }) =>
          (!states || states.includes(state)) &&
          id > after &&
          (!changed || (startedAt !== null && claims.some((name) => changed.includes(name)))),
      ),
    active: async (service) =>
      recoveries.map((one) => one.recovery).find((one) => one.service === service && !isTerminal(one.state)),
    activeOnes: async () =>
      recoveries
        .filter(({ recovery }) => !isTerminal(recovery.state))
        .map(({ recovery: { id, service, state }, steps }) => ({
          id,
          service,
          state,
          unknown: steps.some((one) => one.state === 'unknown'),
        })),
    queuePlaces: async () => new Map(),
    stranded: async () => [],
    async commit(write) {
      written.push(write);
      const { id } = write.after.recovery;
      recoveries.splice(
        recoveries.findIndex(({ recovery }) => recovery.id === id),
        1,
        write.after,
      );
      return { ok: true, version: 2, revision: 1, cancelBy: null };
    },
    approvals: async () => [],
    async requestCancel(id, by) {
      told.push(`request cancel R-${id} by ${by}`);
      return find(id)?.recovery;
    },
    async record(id, events) {
      told.push(`record ${events.map(({ kind }) => kind).join(', ')} of R-${id}`);
    },
    past: unused,
    due: unused,
    approval: unused,
    decide: unused,
    events: unused,
    eventsSince: unused,
    ...over.store,
  };
  const incidents: EnginePorts['incidents'] = {
    openFor: async () => undefined,
    health: async () => [],
    report: unused,
    resolve: unused,
    acknowledge: unused,
    get: unused,
    saveHealth: unused,
    forgetHealth: unused,
    ...over.incidents,
  };
  const ports: ActPorts = {
    dispatcher: {
      wake: ({ id }) => told.push(`wake R-${id}`),
      changed: (id) => told.push(`changed R-${id}`),
      cancel: (id, by) => told.push(`cancel R-${id} by ${by}`),
    },
    feedback: { of: async () => new Map(), rate: unused, addNote: unused, removeNote: unused },
    history: {
      ended: unused,
      records: unused,
      disasters: unused,
      proofs: async () => [],
      successors: async (...ids) =>
        new Map(
          recoveries.flatMap(({ recovery: { id, retryOf } }) =>
            retryOf !== null && ids.includes(retryOf) ? [[retryOf, id] as const] : [],
          ),
        ),
    },
    registry: { list: async () => [] },
    escalations: {
      raise: unused,
      test: unused,
      get: unused,
      ofKey: unused,
      policies: unused,
      unresolved: async () => [],
      ofRecoveries: async () => new Map(),
      stages: () => [],
      contacts: { pagerduty: [], email: [], sms: [], webhook: [] },
      async acknowledge(which, by) {
        told.push(`acknowledge ${'id' in which ? which.id : which.service} by ${by}`);
        return undefined;
      },
    },
    knowledge: { look: async () => NOTHING_KNOWN },
    breakers: { open: unused, reset: unused, views: async () => [] },
    availability: { spent: async () => new Map() },
    maintenance: { active: async () => [], begin: unused, end: unused },
    plannedMaintenance: [],
    recoveryPolicies: createMemoryPolicies(),
    services: () => [aService('redis', { priority: 3 }), aService('web', { dependsOn: ['redis'] })],
    runbooks: [],
    plans: { keep: async () => {}, kept: async () => undefined },
    stepAliases: new Map(),
    strategies: new Map(),
    actions: new Map(),
    undoWithinMs: 3_600_000,
    backups: ONE_BACKUP,
    housekeeping: { list: async () => [], hasten: async () => {} },
    snapshots: NO_SNAPSHOTS,
    people: [],
    pools: ['default'],
    policy: DEFAULT_POLICY,
    constitution: withoutRules('cdd01ef066bc6cf2'),
    guard: { broken: async () => undefined, retired: async () => undefined, require: async () => {} },
    recoveryTimeoutMs: 300_000,
    observe: unused,
    preview: unused,
    undoOf: () => ({ action: 'start_service', input: {}, timeoutMs: 1, idempotent: true }),
    parts: () => ({ redis: 'ok' }),
    now: () => NOW,
    log: () => {},
    makePlan: async () => aPlan(),
    kept: { keep: unused },
    alerts: {
      take: unused,
      incidentOf: unused,
      open: async () => [],
      silence: unused,
      unsilence: unused,
      assign: unused,
      answered: unused,
      escalated: unused,
      endSilences: async () => 0,
      forget: async () => {},
      delivered: async () => false,
      keepDelivery: async () => {},
    },
    match: [],
    autoRecover: {
      stage: async () => undefined,
      endings: async () => [],
      startedLately: async (service, by) =>
        recoveries.filter(({ recovery }) => recovery.service === service && by.includes(recovery.requestedBy)).length,
      save: async () => {},
    },
    ending: new AbortController().signal,
    ...over,
    store,
    incidents,
  };
  return { ports, recoveries, drafts, written, told };
}

export const anIncident = (over: Partial<Incident> = {}): Incident => ({
  id: 3,
  service: 'redis',
  title: 'RedisDown',
  detail: '',
  severity: 0.9,
  fingerprint: 'f',
  state: 'open',
  count: 1,
  startedAt: at(0),
  resolvedAt: null,
  acknowledgedBy: null,
  recoveryId: null,
  ...over,
});

export async function refusal(made: Promise<unknown>): Promise<UserError> {
  try {
    await made;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
