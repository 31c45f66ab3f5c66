import type { Taken } from './alerts/alert.js';
import type { IncomingAlert } from './alerts/incoming.js';
import type { AutoRecoverView } from './auto-recover/view.js';
import type { BackupsView } from './backups/view.js';
import type { BreakerView } from './breakers/view.js';
import type { Channel, Escalation, Stage } from './escalation/escalation.js';
import type { Feedback, Note } from './feedback/feedback.js';
import type { Availability } from './health/availability.js';
import type { Disaster, Ended, HistoryFilter, PlanRecord } from './history/history.js';
import type { Approval } from './model/approval.js';
import type { JsonObject } from './model/json.js';
import type { Person, Principal } from './model/person.js';
import type { ActionCall, Plan } from './model/plan.js';
import type { Origin, Recovery, RecoveryState, Snapshot } from './model/recovery.js';
import type { RetryPolicy, RetryStrategy } from './model/retry-policy.js';
import type { Service } from './model/service.js';
import type { IncidentReport } from './planner/incident-report.js';
import type { KeptPlan, StoredEvent, WorkerIdentity } from './ports.js';
import type { RecoveryPolicy } from './recovery-policies/recovery-policy.js';
import type { KnownSnapshots } from './snapshots/snapshot.js';
import type { Rated } from './use-cases/feedback.js';
import type { Warmed } from './use-cases/warm-up.js';

/** What a person or a program asks for. A runbook named wins over a strategy named. */
export interface RecoverRequest {
  service: string;
  runbook?: string;
  strategy?: string;
  params?: JsonObject;
  /** Instead of both: these very calls, one after the other; of an undo, or `sent` by a program. */
  steps?: { name: string; calls: readonly StepCall[]; sent?: boolean };
  reason?: string;
  /** What is wrong, in anybody's words: it says which plan fits. */
  description?: string;
  /** Name of the alert. */
  alert?: string;
  /** 1 first, 10 last; default: the service's. */
  priority?: number;
  /** The service is well, and is broken first: to see that it is noticed, and that the plan brings it back. */
  drill?: true;
}

/** The same where nobody may have said which service: the description then says it. */
export interface PlanRequest extends Omit<RecoverRequest, 'service'> {
  service?: string;
}

/** A runbook that a description speaks of. */
export interface Fitting {
  runbook: string;
  /** 0 .. 1; from `fits` on it may be chosen by itself. */
  relevance: number;
  fits: boolean;
  because: string;
}

export interface StepCall extends ActionCall {
  /** Default: the action's title. */
  name?: string;
  pool: string;
  /** How whoever sent it has written it. */
  line?: string;
  /** As a plan had it, with what its name was bound to. */
  title?: string;
}

/** Steps for execution, or a plan that was kept. */
export interface ExecuteRequest {
  /** Of a kept plan; or a name of the client's own, under which it runs once. */
  id: string;
  /** As lines; absent: those of the kept plan. */
  steps?: readonly string[];
  /** Whom it is about; default: that of the kept plan, else the first that the steps touch. */
  service?: string;
  reason?: string;
  priority?: number;
}

export interface Said {
  /** Numbers (from 1) of the steps that a person saw waiting: a word about them is not one about others. */
  steps?: readonly number[];
  /** Names the act in which it was said: said again under the same name, it starts nothing a second time. */
  request?: string;
}

export interface Started {
  snapshot: Snapshot;
  /** False: the same request already runs, and this is that recovery. */
  created: boolean;
}

/** What can be asked of one recovery. The words of the buttons, the URLs and the sub-commands. */
export const VERBS = ['cancel', 'retry', 'mark_done', 'rollback', 'undo', 'escalate', 'ack'] as const;
export type Verb = (typeof VERBS)[number];

/** Everything that a surface needs to show one recovery. */
export interface RecoveryView extends Snapshot {
  approvals: Approval[];
  /** Place in the queue, 1 is next; undefined when it does not wait for a slot. */
  queuePlace?: number;
  /** Persons who may decide the open question, by name. */
  mayApprove: string[];
  /** Verbs that make sense now; each surface shows a button for each. */
  verbs: Verb[];
  /** While it waits to be approved: it asks in the place of another one, whose plan turned out to be out of date. */
  replaces?: { recovery: number; why: string };
  /** When it has ended: the recovery that asks in its place, or tries the same again. */
  successor?: number;
  /** What people say of it. */
  feedback: Feedback;
  /** While it waits to be approved: what it was asked for is over by itself since then, so that it may not be needed. */
  wellSince?: Date;
  /** Whom it calls, once it needs people. */
  escalation?: EscalationView;
  /** Database time of this view. */
  at: Date;
}

export interface ServiceHealth {
  service: string;
  status: 'healthy' | 'unhealthy' | 'unknown';
  since: Date;
  detail: string;
  consecutiveFailures: number;
  /** Good checks in a row of one that is unhealthy still. */
  consecutiveSuccesses?: number;
  /** When it fell ill, the oldest first; not all of them. */
  falls?: readonly Date[];
  /** It falls ill again and again: said once. */
  flapping?: boolean;
  /** The unhealthy service that it depends on, and whose incident tells of it. */
  causedBy?: string;
}

/** Planned work: the service is looked at, and nobody is told. */
export interface Maintenance {
  service: string;
  since: Date;
  until: Date;
  reason: string;
  /** Who said so; `configuration` for what stands there. */
  by: string;
}

/** The first alert that told of an incident, in its own words. */
export interface IncidentAlert {
  source: string;
  name: string;
  says: string;
}

/** What `auto_recover` decided when an incident opened. */
export interface AutoAnswer {
  start: boolean;
  /** It would have started, but is not trusted yet. */
  shadow: boolean;
  /** What was, or would have been, started. */
  plan?: string;
  because: string;
}

/** Something is wrong: alerts, Reviver's own findings, or both about the same. People see it as `I-3`. */
export interface Incident {
  id: number;
  /** null: an alert is about none that is known. */
  service: string | null;
  title: string;
  detail: string;
  severity: number;
  fingerprint: string;
  state: 'open' | 'acknowledged' | 'resolved';
  count: number;
  startedAt: Date;
  resolvedAt: Date | null;
  acknowledgedBy: string | null;
  /** The latest recovery for it. */
  recoveryId: number | null;
  /** What an alert of no known service says that it is about. */
  about?: string;
  alert?: IncidentAlert;
  /** How many different alerts it has had, and how many of them still fire. */
  alerts?: number;
  firing?: number;
  /** What Reviver's own checks and breakers find, while they do. */
  found?: string;
  auto?: AutoAnswer;
  /** Nobody wants to hear of its group until then. */
  silence?: { until: Date; by: string };
}

export interface EscalationView extends Escalation {
  /** All levels of its policy. */
  stages: readonly Stage[];
}

/** Who is told, when a service needs people. */
export interface OnCall {
  policies: { name: string; services: string[]; stages: readonly Stage[] }[];
  /** Channels that have somebody to reach; chat always has. */
  reaches: readonly Channel[];
}

export interface Status {
  services: Record<
    string,
    ServiceHealth & {
      recovery: RecoveryState | 'IDLE';
      recoveryId: number | null;
      /** Of a policy that somebody set. */
      retryStrategy?: RetryStrategy;
      maintenance?: Maintenance;
      /** Of the last 30 days; absent: nothing is known. */
      availability?: Availability;
    }
  >;
  breakers: Record<string, BreakerView>;
  activeRecoveries: number;
  queuedRecoveries: number;
  awaitingPeople: number;
  unknownOutcomes: number;
  recent: Recovery[];
  workers: (WorkerIdentity & { beatAt: Date; running: number })[];
  /** All that the configuration has, also those that no worker serves. */
  pools: readonly string[];
  redis: 'ok' | 'down';
  postgres: 'ok' | 'down';
}

export interface RunbookSummary {
  id: string;
  name: string;
  description: string;
  steps: string[];
  services: string[];
  parameters: { name: string; type: string; default?: string }[];
}

/**
 * The shared engine as its surfaces see it: chat, HTTP and the command line call these and nothing else. Every method
 * that changes something takes the acting principal, checks its roles, and throws a `UserError` whose message is for
 * that person when it refuses.
 */
export interface Engine {
  /** Plans and starts, or returns the same request's running recovery. 409 (`conflict`) when another one runs. */
  recover(request: RecoverRequest, who: Principal, origin: Origin): Promise<Started>;
  /** Plans without any effect: the dry run. Where no service is named, the description must speak of one that is known. */
  plan(request: PlanRequest, who: Principal): Promise<{ plan: Plan; previews: string[] }>;
  /** Records an incident and keeps a plan for it under an id, so that exactly it can be executed. */
  propose(report: IncidentReport, who: Principal): Promise<KeptPlan>;
  /** Runs a kept plan or the given steps, once for an id. `stale` when the kept plan is another one by now. */
  execute(request: ExecuteRequest, who: Principal, origin: Origin): Promise<Started>;
  /** Runbooks that a description speaks of, the best first, for whichever service. */
  fitting(description: string, alert?: string): Promise<Fitting[]>;
  /** A decision on the open question of a recovery. `digest` (or its first 8 hex digits) is what the person saw. */
  decide(
    recoveryId: number,
    verdict: 'approve' | 'reject',
    who: Principal,
    seen?: { digest?: string; approvalId?: string; reason?: string },
  ): Promise<{ message: string; view: RecoveryView }>;
  act(recoveryId: number, verb: Verb, who: Principal, said?: Said): Promise<{ message: string; view: RecoveryView }>;
  /** Whether an ended recovery helped: one vote a person, which can be changed. */
  rate(recoveryId: number, helped: boolean, who: Principal): Promise<Rated>;
  addNote(recoveryId: number, text: string, who: Principal): Promise<{ note: Note; view: RecoveryView }>;
  /** By its number; what it said is gone then. */
  removeNote(recoveryId: number, note: number, who: Principal): Promise<RecoveryView>;
  view(recoveryId: number): Promise<RecoveryView>;
  list(filter: { service?: string; states?: RecoveryState[]; before?: number; limit: number }): Promise<RecoveryView[]>;
  /** What has ended, the newest first; with the first page how each plan did lately and, of all services, the last disasters. */
  history(filter: HistoryFilter): Promise<{ items: Ended[]; records: PlanRecord[]; disasters: Disaster[] }>;
  activeFor(service: string): Promise<RecoveryView | undefined>;
  events(recoveryId: number): Promise<StoredEvent[]>;
  status(): Promise<Status>;
  incident(id: number): Promise<Incident>;
  /** Somebody looks after it: said in chat, over HTTP, or in a pager. */
  acknowledge(incidentId: number, who: Principal): Promise<Incident>;
  escalation(id: number): Promise<EscalationView>;
  /** Those that have not ended. */
  escalations(): Promise<EscalationView[]>;
  /** Somebody looks after it: nobody else is called. */
  acknowledgeEscalation(id: number, who: Principal): Promise<EscalationView>;
  /** The same, said at a pager of the page with this key. False: it is no key of ours, or names nothing that is open. */
  acknowledgePage(key: string, who: Principal): Promise<boolean>;
  onCall(): OnCall;
  /** Sends a page to everybody that pagers reach, which says that it is a test, and ends at once. */
  testPagers(who: Principal): Promise<EscalationView>;
  /** Stores alerts and sorts them into incidents; answers for each what became of it. `unavailable`: send them again. */
  takeAlerts(alerts: readonly IncomingAlert[]): Promise<Taken[]>;
  /** The incident that an alert belongs to. */
  incidentOf(source: string, fingerprint: string): Promise<number | undefined>;
  /** Does `work` unless this delivery was seen before; one whose work failed may come again. False: it was seen. */
  deliver(source: string, id: string, work: () => Promise<void>): Promise<boolean>;
  /** Those that are not over, the newest first. */
  openIncidents(): Promise<Incident[]>;
  /** No post and no escalation for its group for so long; it ends by itself. */
  silence(incidentId: number, forMs: number, who: Principal): Promise<Incident>;
  unsilence(incidentId: number, who: Principal): Promise<Incident>;
  /** Says which service an incident is about of which nothing was known. */
  assignIncident(incidentId: number, service: string, who: Principal): Promise<Incident>;
  escalateIncident(incidentId: number, who: Principal): Promise<Incident>;
  /** How far `auto_recover` of each service that has one is trusted. */
  autoRecover(): Promise<AutoRecoverView[]>;
  /** States of a service that are kept, here and in the bucket, the newest first. */
  snapshots(service: string): Promise<KnownSnapshots>;
  /** Every backup that there is a name for, with what it is worth. */
  backups(): Promise<BackupsView[]>;
  /** Has all of them made now, each once in the cluster; resolves when that is asked for, not when it is done. */
  backUp(who: Principal): Promise<void>;
  /** Reads what the next command would wait for. */
  warmUp(who: Principal): Promise<Warmed[]>;
  /** Of every service, by its place in the configuration. */
  breakers(): Promise<BreakerView[]>;
  /** Refuses all calls: for `forMs`, then one is let through to see; or until it is reset. */
  openBreaker(service: string, how: { reason?: string; forMs?: number }, who: Principal): Promise<BreakerView>;
  /** Closes it with a fresh count. One that is closed stays so. */
  resetBreaker(service: string, who: Principal): Promise<BreakerView>;
  /** Of every service that is in maintenance now. */
  maintenance(): Promise<Maintenance[]>;
  /** From now on, in the place of one that somebody began before. */
  beginMaintenance(service: string, how: { forMs: number; reason?: string }, who: Principal): Promise<Maintenance>;
  /** Undefined: there was none. One of the configuration cannot be ended so. */
  endMaintenance(service: string, who: Principal): Promise<Maintenance | undefined>;
  /** How recoveries of a service are retried. */
  recoveryPolicy(service: string): Promise<RecoveryPolicy>;
  /** Replaces it; what is absent gets its default. `precondition_failed` when another version than `expected` is there. */
  setRecoveryPolicy(
    service: string,
    policy: Partial<RetryPolicy>,
    who: Principal,
    how?: { expected?: number },
  ): Promise<RecoveryPolicy>;
  services(): Service[];
  runbooks(): RunbookSummary[];
  people(): Person[];
  /** Refused attempts that never reached a method, such as an unknown user's click, for the audit. */
  refused(what: string, who: string, facts: JsonObject): Promise<void>;
  /** Whatever a person typed or pressed, for the audit. Never rejects: what cannot be recorded changes nothing either. */
  heard(who: string, facts: JsonObject): Promise<void>;
}
