import type { BreakerView } from '../../src/engine/breakers/view.js';
import type {
  Engine,
  EscalationView,
  Incident,
  Maintenance,
  RecoverRequest,
  RecoveryView,
  Status,
  Verb,
} from '../../src/engine/engine.js';
import { NotFound, UserError } from '../../src/engine/model/errors.js';
import type { JsonObject } from '../../src/engine/model/json.js';
import type { Person, Principal } from '../../src/engine/model/person.js';
import { isTerminal, type Recovery, recoveryName } from '../../src/engine/model/recovery.js';
import type { Service } from '../../src/engine/model/service.js';
import type { StoredEvent } from '../../src/engine/ports.js';
import { escalationsInMemory } from './an-escalation.js';
import { aBreaker, aService } from './builders.js';
import { memoryFeedback } from './memory-feedback.js';
import { policiesInMemory } from './memory-policies.js';
import { approval, plan, recoveryView, type ViewParts } from './recovery-view.js';

export const PEOPLE: Person[] = [
  { name: 'Ann', roles: ['responder', 'approver'], ids: { console: 'ann', second: '101' } },
  { name: 'Lee', roles: ['responder', 'approver', 'lead'], ids: { console: 'lee', second: '102' } },
  { name: 'Vera', roles: ['viewer'], ids: { console: 'vera' } },
];

const service = (name: string): Service =>
  aService(name, { recoveryStrategies: ['restart'], criticality: 'high', priority: 3 });

/** The engine's façade in memory: what surfaces are tested against. Tests move recoveries by `set` and `addEvent`. */
export interface FakeEngine extends Engine {
  set(id: number, parts: ViewParts): void;
  put(view: RecoveryView): void;
  addEvent(id: number, kind: string, data: StoredEvent['data'], actor?: string): void;
  setIncident(incident: Incident): void;
  setEscalation(escalation: EscalationView): void;
  /** What was called, as `verb R-1 by Ann`. */
  calls: string[];
  refusals: { what: string; who: string; facts: JsonObject }[];
  heardFrom: { who: string; facts: JsonObject }[];
  /** How often a recovery was read. */
  reads: number;
}

export function createFakeEngine(): FakeEngine {
  const views = new Map<number, RecoveryView>();
  const events = new Map<number, StoredEvent[]>();
  const incidents = new Map<number, Incident>();
  const breakers = new Map<string, BreakerView>();
  const maintained: Maintenance[] = [];
  let eventId = 0;

  const find = (id: number): RecoveryView => {
    const view = views.get(id);
    if (!view) throw new NotFound('recovery', recoveryName(id));
    return { ...view, at: new Date() };
  };
  const must = (who: Principal, role: Person['roles'][number]) => {
    if (!who.roles.includes(role))
      throw new UserError('forbidden', `${who.name} may not do this: it needs the role ${role}.`);
  };
  const active = (name: string) =>
    [...views.values()].find(({ recovery }) => recovery.service === name && !isTerminal(recovery.state));

  const feedback = memoryFeedback({
    view: (id) => engine.view(id),
    all: () => [...views.values()],
    save: (view) => void views.set(view.recovery.id, view),
  });
  const called: EscalationView[] = [];
  const engine: FakeEngine = {
    ...feedback,
    async rate(id, helped, who) {
      must(who, 'responder');
      engine.calls.push(`rate ${recoveryName(id)} ${helped} by ${who.name}`);
      return feedback.rate(id, helped, who);
    },
    async addNote(id, text, who) {
      must(who, 'responder');
      engine.calls.push(`note ${recoveryName(id)} ${text} by ${who.name}`);
      return feedback.addNote(id, text, who);
    },
    ...escalationsInMemory(called),
    ...policiesInMemory(() => engine.services()),
    setEscalation: (one) => void called.push(one),
    calls: [],
    refusals: [],
    heardFrom: [],
    reads: 0,
    put: (view) => void views.set(view.recovery.id, view),
    set(id, { recovery, ...over }) {
      const view = find(id);
      views.set(id, {
        ...view,
        ...over,
        recovery: { ...view.recovery, version: view.recovery.version + 1, ...recovery },
      });
    },
    addEvent(id, kind, data, actor = 'reviver') {
      eventId++;
      events.set(id, [...(events.get(id) ?? []), { id: eventId, at: new Date(), recoveryId: id, kind, actor, data }]);
    },
    setIncident: (incident) => void incidents.set(incident.id, incident),
    async recover(request: RecoverRequest, who, origin) {
      must(who, 'responder');
      engine.calls.push(`recover ${JSON.stringify(request)} by ${who.name}`);
      const running = active(request.service);
      const requestDigest = JSON.stringify([request.service, request.runbook, request.strategy, request.params]);
      if (running && running.recovery.requestDigest === requestDigest) return { snapshot: running, created: false };
      if (running) {
        const name = recoveryName(running.recovery.id);
        throw new UserError('conflict', `${name} is under way for ${request.service}. Wait for it, or cancel it.`, {
          recovery: name,
        });
      }
      const id = views.size + 1;
      const now = new Date();
      const recovery: Partial<Recovery> = {
        id,
        service: request.service,
        state: 'AWAITING_APPROVAL',
        plan: plan({ service: request.service }),
        requestDigest,
        requestedBy: who.name,
        reason: request.reason ?? '',
        origin,
        createdAt: now,
      };
      const open = approval({
        id: `q${id}`,
        recoveryId: id,
        requestedBy: who.name,
        createdAt: now,
        expiresAt: new Date(+now + 900_000),
      });
      const view = recoveryView({ recovery, approvals: [open], mayApprove: ['Lee'], verbs: ['cancel'] });
      views.set(id, view);
      return { snapshot: view, created: true };
    },
    fitting: async () => [],

    async plan(request) {
      engine.calls.push(`plan ${JSON.stringify(request)}`);
      return {
        plan: plan({ service: request.service }),
        previews: ['would stop pid 4711', 'replace 1,250 keys by 1,204'],
      };
    },
    propose: () => Promise.reject(new Error('chat proposes no plan')),
    execute: () => Promise.reject(new Error('chat sends no steps')),
    async decide(id, verdict, who, seen = {}) {
      engine.calls.push(`${verdict} ${recoveryName(id)} by ${who.name} via ${who.via}`);
      must(who, 'approver');
      const view = find(id);
      const open = view.approvals.find((question) => question.state === 'pending');
      if (!open) throw new UserError('conflict', `${recoveryName(id)} waits for no decision. Nothing changed.`);
      if (open.requestedBy === who.name)
        throw new UserError('forbidden', 'You asked for this plan, so someone else must approve it. Lee can.');
      if (seen.digest && !open.digest.startsWith(seen.digest))
        throw new UserError('stale', 'This plan changed. Nothing ran.');
      const decisions = [{ principal: who.name, roles: [...who.roles], verdict, via: who.via, at: new Date() }];
      const state = verdict === 'approve' ? 'approved' : 'rejected';
      engine.set(id, {
        approvals: [{ ...open, state, decisions }],
        recovery: { state: verdict === 'approve' ? 'IN_PROGRESS' : 'CANCELLED', startedAt: new Date() },
      });
      return {
        message: verdict === 'approve' ? `Approved. ${recoveryName(id)} goes on.` : 'Rejected. Nothing ran.',
        view: find(id),
      };
    },
    async act(id, verb: Verb, who) {
      engine.calls.push(`${verb} ${recoveryName(id)} by ${who.name}`);
      must(who, 'responder');
      return { message: `${verb} was done.`, view: find(id) };
    },
    async view(id) {
      engine.reads++;
      return find(id);
    },
    async list({ service: name, states, limit }) {
      const found = [...views.values()].filter(
        ({ recovery }) => (!name || recovery.service === name) && (!states || states.includes(recovery.state)),
      );
      return found.reverse().slice(0, limit);
    },
    activeFor: async (name) => active(name),
    events: async (id) => events.get(id) ?? [],
    async status(): Promise<Status> {
      return {
        services: {},
        breakers: {},
        activeRecoveries: views.size,
        queuedRecoveries: 0,
        awaitingPeople: 0,
        unknownOutcomes: 0,
        recent: [],
        workers: [],
        pools: ['default'],
        redis: 'ok',
        postgres: 'ok',
      };
    },
    async incident(id) {
      const incident = incidents.get(id);
      if (!incident) throw new NotFound('incident', `I-${id}`);
      return incident;
    },
    async acknowledge(id, who) {
      const incident = { ...(await engine.incident(id)), state: 'acknowledged' as const, acknowledgedBy: who.name };
      incidents.set(id, incident);
      return incident;
    },
    async takeAlerts(alerts) {
      engine.calls.push(`take ${alerts.length} alerts`);
      return alerts.map(() => 'new');
    },
    incidentOf: async () => undefined,
    async deliver(_source, _id, work) {
      await work();
      return true;
    },
    openIncidents: async () => [...incidents.values()].filter(({ state }) => state !== 'resolved').reverse(),
    async silence(id, forMs, who) {
      must(who, 'responder');
      engine.calls.push(`silence I-${id} for ${forMs} by ${who.name}`);
      const silenced = {
        ...(await engine.incident(id)),
        silence: { until: new Date(Date.now() + forMs), by: who.name },
      };
      incidents.set(id, silenced);
      return silenced;
    },
    async unsilence(id, who) {
      must(who, 'responder');
      engine.calls.push(`unsilence I-${id} by ${who.name}`);
      const { silence: _, ...heard } = await engine.incident(id);
      incidents.set(id, heard);
      return heard;
    },
    async assignIncident(id, service, who) {
      must(who, 'responder');
      engine.calls.push(`assign I-${id} to ${service} by ${who.name}`);
      const assigned = { ...(await engine.incident(id)), service };
      incidents.set(id, assigned);
      return assigned;
    },
    async escalateIncident(id, who) {
      must(who, 'responder');
      engine.calls.push(`escalate I-${id} by ${who.name}`);
      return engine.incident(id);
    },
    autoRecover: async () => [],
    breakers: async () => engine.services().map(({ name }) => breakers.get(name) ?? aBreaker(name)),
    async openBreaker(name, how, who) {
      must(who, 'responder');
      engine.calls.push(`open breaker ${name} ${JSON.stringify(how)} by ${who.name}`);
      const trialAt = how.forMs === undefined ? null : new Date(Date.now() + how.forMs);
      const opened = { state: 'open' as const, openings: 1, by: who.name, reason: how.reason ?? '', since: new Date() };
      breakers.set(name, aBreaker(name, { ...opened, trialAt }));
      return breakers.get(name) ?? aBreaker(name);
    },
    async resetBreaker(name, who) {
      must(who, 'responder');
      engine.calls.push(`reset breaker ${name} by ${who.name}`);
      breakers.delete(name);
      return aBreaker(name);
    },
    maintenance: async () => maintained,
    async beginMaintenance(name, { forMs, reason = 'no reason given' }, who) {
      must(who, 'responder');
      engine.calls.push(`maintenance ${name} ${forMs} ${reason} by ${who.name}`);
      const since = new Date();
      const begun = { service: name, since, until: new Date(+since + forMs), reason, by: who.name };
      maintained.push(begun);
      return begun;
    },
    async endMaintenance(name, who) {
      must(who, 'responder');
      const index = maintained.findIndex((one) => one.service === name);
      return index < 0 ? undefined : maintained.splice(index, 1)[0];
    },
    services: () => ['redis', 'shop-web', 'redis_outage_twin', 'billing-db'].map(service),
    snapshots: async () => ({ items: [] }),
    backups: async () => [],
    backUp: async () => {},
    warmUp: async () => [],
    runbooks: () => [
      {
        id: 'redis_outage',
        name: 'redis_outage',
        description: 'Plan for Redis failure',
        steps: [],
        services: ['redis'],
        parameters: [],
      },
      {
        id: 'cold_start',
        name: 'cold_start',
        description: 'Starts what is down',
        steps: [],
        services: ['redis', 'shop-web'],
        parameters: [],
      },
      {
        id: 'shop-web',
        name: 'shop-web',
        description: 'A runbook named like a service',
        steps: [],
        services: ['redis'],
        parameters: [],
      },
    ],
    people: () => PEOPLE,
    async refused(what, who, facts) {
      engine.refusals.push({ what, who, facts });
    },
    async heard(who, facts) {
      engine.heardFrom.push({ who, facts });
    },
  };
  return engine;
}
