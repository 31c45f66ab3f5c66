import type { Action, BackupCatalog } from './actions/action.js';
import type { AlertStore } from './alerts/alert.js';
import type { MatchRule } from './alerts/service-of.js';
import { type Decided, decide } from './approvals/decide.js';
import { type AutoRecoverStore, autoRecoverViews } from './auto-recover/view.js';
import { BACKUP_JOBS } from './backups/job-names.js';
import { backupsView } from './backups/view.js';
import type { Breakers } from './breakers/breakers.js';
import type { Constitution } from './constitution/constitution.js';
import type { ConstitutionGuard } from './constitution/guard.js';
import type { Engine, PlanRequest, RecoveryView, RunbookSummary } from './engine.js';
import type { Escalations } from './escalation/escalations.js';
import type { FeedbackStore } from './feedback/feedback.js';
import type { PlannedMaintenance } from './health/planned-maintenance.js';
import { type HistoryStore, LATEST_DISASTERS } from './history/history.js';
import type { HousekeepingStore } from './housekeeping/store.js';
import type { Known } from './knowledge/look.js';
import { UserError } from './model/errors.js';
import type { JsonObject } from './model/json.js';
import type { Person, Principal } from './model/person.js';
import type { TargetState } from './model/plan.js';
import { recoveryName } from './model/recovery.js';
import { redact } from './model/redact.js';
import type { Service } from './model/service.js';
import { findService } from './planner/candidates.js';
import { checkRunbooks } from './planner/check-runbooks.js';
import type { ApprovalPolicy } from './planner/policy.js';
import { type Runbook, stepText } from './planner/runbook.js';
import { checkAliases, type StepAliases } from './planner/sent-steps.js';
import type { Strategy } from './planner/strategies/strategy.js';
import type {
  AvailabilityStore,
  Dispatcher,
  IncidentStore,
  Log,
  MaintenanceStore,
  PlanStore,
  RecoveryStore,
  WorkerRegistry,
} from './ports.js';
import type { UndoOf } from './recovery/undo.js';
import type { RecoveryPolicyStore } from './recovery-policies/recovery-policy.js';
import { knownSnapshots } from './snapshots/known.js';
import type { SnapshotCatalog } from './snapshots/snapshot.js';
import { act, cancelNow } from './use-cases/act.js';
import { BACK_UP, LOOK, requireRole } from './use-cases/authorise.js';
import { openBreaker, resetBreaker } from './use-cases/breakers.js';
import { escalationUseCases } from './use-cases/escalations.js';
import { execute } from './use-cases/execute.js';
import { addNote, rate, removeNote } from './use-cases/feedback.js';
import { fitting, serviceSpokenOf } from './use-cases/fitting.js';
import { incidentOf } from './use-cases/incident-of.js';
import { incidentUseCases } from './use-cases/incidents.js';
import { createKeptCancels } from './use-cases/kept-cancels.js';
import { beginMaintenance, endMaintenance, maintenanceNow } from './use-cases/maintenance.js';
import { createMakePlan } from './use-cases/make-plan.js';
import { preview } from './use-cases/preview.js';
import { propose } from './use-cases/propose.js';
import { recover } from './use-cases/recover.js';
import { recoveryPolicy, setRecoveryPolicy } from './use-cases/recovery-policies.js';
import { status } from './use-cases/status.js';
import { createTakeAlerts } from './use-cases/take-alerts.js';
import { viewOf, viewsOf } from './use-cases/view.js';
import { warmUp } from './use-cases/warm-up.js';

/** What was tried before, and what is written about it. */
export interface Knowledge {
  look(text: string): Promise<Known>;
}

/** Everything that the engine is given; it reaches outside through these alone. */
export interface EnginePorts {
  store: RecoveryStore;
  incidents: IncidentStore;
  feedback: FeedbackStore;
  history: HistoryStore;
  plans: PlanStore;
  knowledge: Knowledge;
  alerts: AlertStore;
  /** `alerts.match` of the configuration. */
  match: readonly MatchRule[];
  autoRecover: AutoRecoverStore;
  registry: Pick<WorkerRegistry, 'list'>;
  dispatcher: Dispatcher;
  /** Those that are known now: discovered ones come and go. The same array until something changes. */
  services(): readonly Service[];
  runbooks: readonly Runbook[];
  stepAliases: StepAliases;
  strategies: ReadonlyMap<string, Strategy>;
  actions: ReadonlyMap<string, Action>;
  backups: BackupCatalog;
  housekeeping: Pick<HousekeepingStore, 'list' | 'hasten'>;
  snapshots: SnapshotCatalog;
  breakers: Pick<Breakers, 'open' | 'reset' | 'views'>;
  availability: Pick<AvailabilityStore, 'spent'>;
  maintenance: MaintenanceStore;
  recoveryPolicies: RecoveryPolicyStore;
  /** Of the configuration. */
  plannedMaintenance: readonly PlannedMaintenance[];
  escalations: Omit<Escalations, 'look'>;
  people: readonly Person[];
  pools: readonly string[];
  policy: ApprovalPolicy;
  constitution: Constitution;
  guard: ConstitutionGuard;
  recoveryTimeoutMs: number;
  /** After a success: how long it may be undone by one command. */
  undoWithinMs: number;
  observe(services: string[]): Promise<TargetState[]>;
  /** One line each: what the steps of a plan would touch. */
  preview(action: string, input: JsonObject, signal: AbortSignal): Promise<string>;
  undoOf: UndoOf;
  parts(): { redis: 'ok' | 'down' };
  /** Aborts when the process ends: what waits in memory waits no longer. */
  ending: AbortSignal;
  now: () => Date;
  log: Log;
}

/** The shared engine behind every surface. */
export function createEngine(ports: EnginePorts): Engine {
  const { store, people } = ports;
  checkRunbooks(ports.runbooks, ports.actions);
  checkAliases(ports);
  const makePlan = createMakePlan(ports);
  const kept = createKeptCancels((id, who) => cancelNow(id, who, { ...ports, makePlan }), ports);
  const view = (id: number) => viewOf(id, ports);

  async function refused(what: string, who: string, facts: JsonObject): Promise<void> {
    await store.record(null, [{ kind: 'request.refused', actor: who, data: { what, ...facts } }]);
  }

  /** What a missing role refuses is recorded, whichever surface it came by; a record that fails lets nothing through. */
  async function audited<T>(what: string, who: Principal, facts: JsonObject, attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof UserError && error.code === 'forbidden')
        await refused(what, who.name, { ...facts, via: who.via, roles: [...who.roles] }).catch((failure: unknown) =>
          ports.log('error', 'a refusal could not be recorded', { what, who: who.name, error: String(failure) }),
        );
      throw error;
    }
  }

  return {
    recover: (request, who, origin) =>
      audited('recover', who, { service: request.service }, () =>
        recover(request, who, origin, { ...ports, makePlan }),
      ),

    async plan(request: PlanRequest, who: Principal) {
      await audited('plan', who, { service: request.service ?? null }, async () =>
        requireRole(who, ['responder', 'viewer', 'approver', 'lead', 'admin'], LOOK),
      );
      const service = request.service ?? (await serviceSpokenOf(request, ports));
      const plan = await makePlan({ ...request, service }, who, await incidentOf(service, ports.incidents));
      return { plan, previews: await preview(plan, ports) };
    },

    propose: (report, who) =>
      audited('plan', who, { incident: redact(report.id) }, () => propose(report, who, { ...ports, makePlan })),

    execute: (request, who, origin) =>
      audited('execute', who, { plan: redact(request.id) }, () =>
        execute(request, who, origin, { ...ports, makePlan }),
      ),

    fitting: (description, alert) => fitting({ description, ...(alert === undefined ? {} : { alert }) }, ports),

    async decide(id, verdict, who, seen = {}) {
      const decided = await decide(id, verdict, who, seen, {
        store,
        people,
        useWithinMs: ports.policy.useWithinMs,
        undoOf: ports.undoOf,
      });
      ports.dispatcher.changed(id);
      const after = await view(id);
      if (decided.state === 'approved') ports.dispatcher.wake(after.recovery);
      return { message: decidedWords(decided, after), view: after };
    },

    act: (id, verb, who, said) =>
      audited(verb, who, { recovery: recoveryName(id) }, () => act(id, verb, who, { ...ports, makePlan, kept }, said)),
    rate: (id, helped, who) => audited('rate', who, { recovery: recoveryName(id) }, () => rate(id, helped, who, ports)),
    addNote: (id, text, who) =>
      audited('note', who, { recovery: recoveryName(id) }, () => addNote(id, text, who, ports)),
    removeNote: (id, note, who) =>
      audited('note', who, { recovery: recoveryName(id) }, () => removeNote(id, note, who, ports)),
    view,

    async history(filter) {
      const first = filter.before === undefined;
      const [items, records, disasters] = await Promise.all([
        ports.history.ended(filter),
        first ? ports.history.records(filter.service) : [],
        first && filter.service === undefined ? ports.history.disasters(LATEST_DISASTERS) : [],
      ]);
      return { items, records, disasters };
    },

    async list(filter) {
      return viewsOf(await store.list(filter), ports);
    },

    async activeFor(service) {
      const active = await store.active(service);
      return active && view(active.id);
    },

    events: (id) => store.events(id),
    status: () => status(ports),

    ...incidentUseCases(ports, audited),
    takeAlerts: createTakeAlerts(ports),
    incidentOf: ports.alerts.incidentOf,
    async deliver(source, id, work) {
      if (await ports.alerts.delivered(source, id)) return false;
      await work();
      await ports.alerts.keepDelivery(source, id);
      return true;
    },
    autoRecover: () => autoRecoverViews(ports.services(), ports.autoRecover),

    ...escalationUseCases(ports, audited),
    backups: async () => backupsView(ports.backups, await ports.housekeeping.list()),

    backUp: (who) =>
      audited('backup', who, {}, async () => {
        requireRole(who, ['responder', 'lead', 'admin'], BACK_UP);
        await ports.housekeeping.hasten(BACKUP_JOBS);
        await store.record(null, [{ kind: 'backup.asked', actor: who.name, data: { via: who.via } }]);
      }),

    warmUp: (who) => audited('warm_up', who, {}, () => warmUp(who, { ...ports, makePlan })),

    async snapshots(service) {
      return knownSnapshots(findService(service, ports.services()).name, ports.snapshots);
    },

    breakers: () => ports.breakers.views(),
    openBreaker: (service, how, who) =>
      audited('breaker', who, { service }, () => openBreaker(service, how, who, ports)),
    resetBreaker: (service, who) => audited('breaker', who, { service }, () => resetBreaker(service, who, ports)),

    maintenance: () => maintenanceNow(ports),
    beginMaintenance: (service, how, who) =>
      audited('maintenance', who, { service }, () => beginMaintenance(service, how, who, ports)),
    endMaintenance: (service, who) =>
      audited('maintenance', who, { service }, () => endMaintenance(service, who, ports)),

    recoveryPolicy: (service) => recoveryPolicy(service, ports),
    setRecoveryPolicy: (service, policy, who, how = {}) =>
      audited('policy', who, { service }, () => setRecoveryPolicy(service, policy, who, how, ports)),

    services: () => [...ports.services()],
    runbooks: () => ports.runbooks.map(summary),
    people: () => [...people],

    refused,
    heard: (who, facts) =>
      store
        .record(null, [{ kind: 'command.heard', actor: who, data: facts }])
        .catch((failure: unknown) =>
          ports.log('error', 'a command could not be recorded', { who, error: String(failure) }),
        ),
  };
}

function decidedWords({ state, stillNeeded }: Decided, { recovery, steps, queuePlace = 1 }: RecoveryView): string {
  const name = recoveryName(recovery.id);
  const ran = steps.some((step) => step.attempts > 0);
  if (state === 'pending') return `Your approval of ${name} is recorded; ${stillNeeded} more needed.`;
  if (state === 'rejected')
    return `${name} is rejected. ${ran ? 'It stops here; what was done stays.' : 'Nothing ran.'}`;
  if (ran) return `${name} is approved and goes on.`;
  return `${name} is approved and ${queuePlace > 1 ? `waits in the queue, place ${queuePlace}` : 'starts as soon as a worker is free'}.`;
}

function summary(runbook: Runbook): RunbookSummary {
  return {
    id: runbook.id,
    name: runbook.name ?? runbook.id,
    description: runbook.description,
    steps: runbook.steps.map(stepText),
    services: runbook.match.services,
    parameters: Object.entries(runbook.params).map(([name, { type, default: given }]) => ({
      name,
      type,
      ...(given === undefined ? {} : { default: String(given) }),
    })),
  };
}
