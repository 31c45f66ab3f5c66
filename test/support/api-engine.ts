import { createHash } from 'node:crypto';
import type { Taken } from '../../src/engine/alerts/alert.js';
import type { IncomingAlert } from '../../src/engine/alerts/incoming.js';
import type { BreakerView } from '../../src/engine/breakers/view.js';
import type {
  Engine,
  ExecuteRequest,
  Incident,
  Maintenance,
  PlanRequest,
  RecoverRequest,
  RecoveryView,
  Status,
  Verb,
} from '../../src/engine/engine.js';
import type { Approval } from '../../src/engine/model/approval.js';
import { NotFound, UserError } from '../../src/engine/model/errors.js';
import type { JsonObject } from '../../src/engine/model/json.js';
import type { Person, Principal } from '../../src/engine/model/person.js';
import type { Plan } from '../../src/engine/model/plan.js';
import {
  isTerminal,
  type Recovery,
  type RecoveryState,
  type RecoveryStep,
  recoveryName,
} from '../../src/engine/model/recovery.js';
import type { Service } from '../../src/engine/model/service.js';
import type { IncidentReport } from '../../src/engine/planner/incident-report.js';
import type { KeptPlan, StoredEvent } from '../../src/engine/ports.js';
import { escalationsInMemory } from './an-escalation.js';
import { aBreaker, anApproval, aPlan, aRecovery, aService, aStep } from './builders.js';
import { memoryFeedback } from './memory-feedback.js';
import { policiesInMemory } from './memory-policies.js';

export const PEOPLE: Person[] = [
  { name: 'Ann', roles: ['responder', 'approver'], ids: {} },
  { name: 'Lee', roles: ['responder', 'approver', 'lead'], ids: {} },
];

/**
 * A second implementation of the engine's facade, in memory and without a worker: what HTTP does with its answers and
 * refusals can be seen without a database. `redis` waits for an approval, other services run at once.
 */
export class MemoryEngine implements Engine {
  readonly #calls = escalationsInMemory();
  readonly escalation = this.#calls.escalation;
  readonly escalations = this.#calls.escalations;
  readonly acknowledgeEscalation = this.#calls.acknowledgeEscalation;
  async acknowledgePage(key: string, { name, via }: Principal) {
    const ours = key.startsWith('reviver:');
    if (ours) this.said.push(`acknowledge page ${key} by ${name} via ${via}`);
    return ours;
  }
  readonly onCall = this.#calls.onCall;
  readonly testPagers = this.#calls.testPagers;
  readonly #policies = policiesInMemory(() => this.services());
  readonly recoveryPolicy = this.#policies.recoveryPolicy;
  readonly setRecoveryPolicy = this.#policies.setRecoveryPolicy;
  readonly recoveries: RecoveryView[] = [];
  readonly log: StoredEvent[] = [];
  readonly proposed = new Map<string, KeptPlan>();
  /** Breakers that are not closed. */
  readonly opened = new Map<string, Partial<BreakerView>>();
  readonly refusals: { what: string; who: string; facts: JsonObject }[] = [];
  readonly incidents = new Map<number, Incident>();
  readonly alerts: IncomingAlert[] = [];
  readonly said: string[] = [];
  readonly #delivered = new Set<string>();
  /** Thrown by `status` and `takeAlerts`, to show what an unexpected error looks like outside. */
  failure: Error | undefined;
  #listeners = new Set<(event: StoredEvent) => void>();

  readonly #feedback = memoryFeedback({
    view: (id) => this.view(id),
    all: () => this.recoveries,
    save: ({ recovery, feedback }) => {
      const view = this.recoveries.find((one) => one.recovery.id === recovery.id);
      if (view) view.feedback = feedback;
    },
  });
  readonly rate = this.#feedback.rate;
  readonly addNote = this.#feedback.addNote;
  readonly removeNote = this.#feedback.removeNote;
  readonly history = this.#feedback.history;

  async recover(request: RecoverRequest, who: Principal, origin: { platform: string }) {
    this.#service(request.service);
    const requestDigest = digestOf(request.service, request.strategy, request.runbook, request.params);
    const running = await this.activeFor(request.service);
    if (running && running.recovery.requestDigest !== requestDigest) {
      const name = recoveryName(running.recovery.id);
      throw new UserError('conflict', `${name} already runs for ${request.service}.`, { recovery: name, place: 1 });
    }
    if (running) return { snapshot: running, created: false };
    const view = this.#newView(request, who, origin.platform, requestDigest);
    this.recoveries.push(view);
    this.#record('recovery.created', view.recovery.id, who.name, { service: request.service });
    return { snapshot: view, created: true };
  }

  async fitting() {
    return [];
  }

  async plan({ service = '', ...asked }: PlanRequest) {
    const request = { ...asked, service };
    this.#service(request.service);
    return { plan: planOf(request), previews: [`Would stop ${request.service} (pid 4711)`] };
  }

  async propose({ id, context }: IncidentReport): Promise<KeptPlan> {
    const request = { service: String(context.service) };
    this.#service(request.service);
    const kept = { key: `plan-${this.proposed.size + 1}`, plan: planOf(request), request, incident: id, incidentId: 1 };
    this.proposed.set(kept.key, kept);
    return kept;
  }

  async execute({ id, service }: ExecuteRequest, who: Principal, origin: { platform: string }) {
    const kept = this.proposed.get(id);
    if (!kept && service === undefined) throw new NotFound('plan', id);
    return this.recover(kept?.request ?? { service: service ?? '' }, who, origin);
  }

  async decide(id: number, verdict: 'approve' | 'reject', who: Principal, seen?: { digest?: string; reason?: string }) {
    const view = await this.view(id);
    const [approval] = view.approvals;
    if (approval?.state !== 'pending') throw new UserError('conflict', `${recoveryName(id)} asks nothing.`);
    if (!who.roles.includes('approver') || who.name === view.recovery.requestedBy)
      throw new UserError('forbidden', `${who.name} may not decide ${recoveryName(id)}.`);
    if (seen?.digest && !approval.digest.startsWith(seen.digest))
      throw new UserError('stale', 'The plan changed since it was shown.', { plan_digest: approval.digest });
    approval.decisions.push({ principal: who.name, roles: [...who.roles], verdict, via: who.via, at: new Date() });
    approval.state = verdict === 'approve' ? 'approved' : 'rejected';
    view.recovery.state = verdict === 'approve' ? 'IN_PROGRESS' : 'CANCELLED';
    this.#record('approval.decided', id, who.name, { service: view.recovery.service, verdict, reason: seen?.reason });
    return { message: `${who.name}: ${verdict}.`, view };
  }

  async act(id: number, verb: Verb, who: Principal) {
    const view = await this.view(id);
    if (!view.verbs.includes(verb)) throw new UserError('conflict', `${recoveryName(id)} cannot ${verb} now.`);
    if (verb === 'cancel') Object.assign(view.recovery, { state: 'CANCELLED', endedAt: new Date() });
    this.#record(`verb.${verb}`, id, who.name, { service: view.recovery.service });
    return { message: `Done: ${verb}.`, view };
  }

  async view(id: number) {
    const view = this.recoveries.find(({ recovery }) => recovery.id === id);
    if (!view) throw new NotFound('recovery', recoveryName(id));
    return view;
  }

  async list(filter: { service?: string; states?: RecoveryState[]; before?: number; limit: number }) {
    const { service, states, before = Number.POSITIVE_INFINITY, limit } = filter;
    return this.recoveries
      .filter(({ recovery }) => recovery.id < before && (!service || recovery.service === service))
      .filter(({ recovery }) => !states || states.includes(recovery.state))
      .sort((a, b) => b.recovery.id - a.recovery.id)
      .slice(0, limit);
  }

  async activeFor(service: string) {
    return this.recoveries.find(({ recovery }) => recovery.service === service && !isTerminal(recovery.state));
  }

  async events(id: number) {
    return this.log.filter(({ recoveryId }) => recoveryId === id);
  }

  async status(): Promise<Status> {
    if (this.failure) throw this.failure;
    const entries = this.services().map(({ name }) => {
      const active = this.recoveries.find(({ recovery }) => recovery.service === name && !isTerminal(recovery.state));
      const health = { service: name, status: 'healthy' as const, since: new Date(), detail: 'PING answers' };
      return [
        name,
        {
          ...health,
          consecutiveFailures: 0,
          recovery: active?.recovery.state ?? ('IDLE' as const),
          recoveryId: active?.recovery.id ?? null,
        },
      ] as const;
    });
    const recent = this.recoveries.map(({ recovery }) => recovery).filter(({ state }) => isTerminal(state));
    return {
      services: Object.fromEntries(entries),
      breakers: Object.fromEntries((await this.breakers()).map((breaker) => [breaker.service, breaker])),
      activeRecoveries: this.recoveries.length - recent.length,
      queuedRecoveries: 0,
      awaitingPeople: 0,
      unknownOutcomes: 0,
      recent,
      pools: ['default'],
      workers: [
        {
          id: 'w1',
          host: 'h',
          pid: 1,
          startedAt: '1',
          pools: ['default'],
          version: '1',
          beatAt: new Date(),
          running: 0,
        },
      ],
      redis: 'ok',
      postgres: 'ok',
    };
  }

  async incident(id: number): Promise<Incident> {
    const incident = this.incidents.get(id);
    if (!incident) throw new NotFound('incident', String(id));
    return incident;
  }

  async acknowledge(id: number, { name, via }: Principal) {
    this.said.push(`acknowledge I-${id} by ${name} via ${via}`);
    return { ...(await this.incident(id)), state: 'acknowledged' as const, acknowledgedBy: name };
  }

  readonly looked: Maintenance[] = [];

  async maintenance() {
    return this.looked;
  }

  async beginMaintenance(
    service: string,
    { forMs, reason = 'no reason given' }: { forMs: number; reason?: string },
    who: Principal,
  ) {
    const begun = { service, since: new Date(), until: new Date(Date.now() + forMs), reason, by: who.name };
    this.looked.push(begun);
    return begun;
  }

  async endMaintenance(service: string) {
    const at = this.looked.findIndex((one) => one.service === service);
    return at < 0 ? undefined : this.looked.splice(at, 1)[0];
  }

  /** As the store does: the same of the same source says nothing new. */
  async takeAlerts(alerts: readonly IncomingAlert[]): Promise<Taken[]> {
    if (this.failure) throw this.failure;
    return alerts.map((alert) => {
      const again = this.alerts.some(
        ({ source, fingerprint, status }) =>
          source === alert.source && fingerprint === alert.fingerprint && status === alert.status,
      );
      this.alerts.push(alert);
      return again ? 'again' : 'new';
    });
  }

  async incidentOf(source: string, fingerprint: string) {
    return this.alerts.some((alert) => alert.source === source && alert.fingerprint === fingerprint) ? 3 : undefined;
  }

  async deliver(source: string, id: string, work: () => Promise<void>) {
    if (this.#delivered.has(`${source} ${id}`)) return false;
    await work();
    this.#delivered.add(`${source} ${id}`);
    return true;
  }

  openIncidents = async () => [...this.incidents.values()];
  silence = (id: number) => this.incident(id);
  unsilence = (id: number) => this.incident(id);
  assignIncident = (id: number) => this.incident(id);
  escalateIncident = (id: number) => this.incident(id);
  autoRecover = async () => [];

  services(): Service[] {
    return ['redis', 'web'].map((name) => aService(name, { recoveryStrategies: ['restart'], criticality: 'high' }));
  }

  async breakers() {
    return this.services().map(({ name }) => aBreaker(name, this.opened.get(name)));
  }

  async openBreaker(service: string, how: { reason?: string }, who: Principal) {
    this.#service(service);
    const opened = {
      state: 'open' as const,
      reason: how.reason ?? 'by hand',
      by: who.name,
      openings: 1,
      since: new Date(),
    };
    this.opened.set(service, opened);
    return aBreaker(service, opened);
  }

  async resetBreaker(service: string, who: Principal) {
    this.#service(service);
    this.opened.delete(service);
    this.#record('breaker.closed', null, who.name, { service });
    return aBreaker(service);
  }

  async backups() {
    return [];
  }

  async backUp() {}
  async warmUp() {
    return [{ what: 'status' as const, count: 1, tookMs: 2 }];
  }

  async snapshots(service: string) {
    this.#service(service);
    return { items: [] };
  }

  runbooks() {
    const steps = ['stop_service: redis', 'restore_backup: redis_backup', 'start_service: redis'];
    return [
      {
        id: 'redis_outage',
        name: 'redis_outage',
        description: 'Plan for Redis failure',
        steps,
        services: ['redis'],
        parameters: [],
      },
    ];
  }

  people() {
    return PEOPLE;
  }

  async heard() {}

  async refused(what: string, who: string, facts: JsonObject) {
    this.refusals.push({ what, who, facts });
  }

  /** What the API's event stream is given: stored events above `fromId`, then new ones until `signal` aborts. */
  subscribe = async (fromId: number | undefined, onEvent: (event: StoredEvent) => void, signal: AbortSignal) => {
    if (fromId !== undefined) for (const event of this.log) if (event.id > fromId) onEvent(event);
    this.#listeners.add(onEvent);
    signal.addEventListener('abort', () => this.#listeners.delete(onEvent), { once: true });
  };

  get listening() {
    return this.#listeners.size;
  }

  #record(kind: string, recoveryId: number | null, actor: string, data: JsonObject) {
    const event = { id: this.log.length + 1, at: new Date(), kind, recoveryId, actor, data };
    this.log.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  #service(name: string) {
    if (!this.services().some((service) => service.name === name)) throw new NotFound('service', name, 'redis');
  }

  #newView(request: RecoverRequest, who: Principal, platform: string, requestDigest: string): RecoveryView {
    const id = this.recoveries.length + 1;
    const plan = planOf(request);
    const asks = request.service === 'redis';
    const overrides = { requestedBy: who.name, reason: request.reason ?? '', origin: { platform }, requestDigest };
    return {
      ...viewOf({
        id,
        plan,
        service: request.service,
        state: asks ? 'AWAITING_APPROVAL' : 'IN_PROGRESS',
        ...overrides,
      }),
      approvals: asks ? [approvalOf(id, plan.digest, who.name)] : [],
      mayApprove: asks ? ['Ann', 'Lee'].filter((name) => name !== who.name) : [],
    };
  }
}

/** A view with one step, as a store would give it. */
export function viewOf(recovery: Partial<Recovery> & { id: number }, steps = [stepOf({})]): RecoveryView {
  const now = new Date();
  const plan = recovery.plan ?? planOf({ service: 'redis' });
  const running = {
    state: 'IN_PROGRESS',
    origin: { platform: 'api' },
    plan,
    epoch: 1,
    wakeAt: null,
    attempts: 1,
  } as const;
  return {
    recovery: aRecovery({ ...running, createdAt: now, startedAt: now, ...recovery }),
    steps,
    approvals: [],
    feedback: { ratings: [], notes: [] },
    mayApprove: [],
    verbs: ['cancel', 'escalate', 'ack'],
    at: now,
  };
}

export function stepOf(given: Partial<RecoveryStep>): RecoveryStep {
  const restart = { id: 'restart', name: 'Restart redis', action: 'restart_service' };
  return aStep(0, { ...restart, idempotent: true, rollback: null, ...given });
}

function planOf(request: RecoverRequest): Plan {
  const { service, runbook, strategy = 'restart', params = {} } = request;
  return aPlan({
    service,
    kind: runbook ? 'runbook' : 'strategy',
    name: runbook ?? strategy,
    description: `Bring ${service} back`,
    params,
    steps: [],
    risk: 0.5,
    riskReasons: ['restores data'],
    targets: [],
    policy: { need: 1, role: 'approver', rule: 'risk < 0.7' },
    digest: digestOf(service, strategy, runbook, params),
  });
}

function approvalOf(recoveryId: number, digest: string, requestedBy: string): Approval {
  const createdAt = new Date();
  const expiresAt = new Date(createdAt.getTime() + 900_000);
  return anApproval({ id: `question-${recoveryId}`, recoveryId, digest, requestedBy, createdAt, expiresAt });
}

function digestOf(...parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
