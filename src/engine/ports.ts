import type { Breaker, StoredBreaker } from './breakers/breaker.js';
import type { Incident, Maintenance, RecoverRequest, ServiceHealth } from './engine.js';
import type { Escalation, Page, Reason } from './escalation/escalation.js';
import type { Counted, Spent } from './health/availability.js';
import type { Approval, Decision } from './model/approval.js';
import type { JsonObject } from './model/json.js';
import type { Plan } from './model/plan.js';
import type { NewEffect, NewEvent, Origin, Recovery, RecoveryState, Snapshot } from './model/recovery.js';
import type { RetryPolicy } from './model/retry-policy.js';
import type { PastOutcome } from './planner/evidence.js';

/** What a request to recover becomes when it is stored. */
export interface RecoveryDraft {
  service: string;
  state: RecoveryState;
  plan: Plan;
  requestDigest: string;
  incidentId: number | null;
  /** The plan is kept under this id, or is from now on; others have none. */
  planKey?: string;
  requestedBy: string;
  reason: string;
  origin: Origin;
  priority: number;
  claims: string[];
  retry: RetryPolicy;
  timeoutMs: number;
  /** Milliseconds until it may be taken; null: never by itself. For an approval, until it expires. */
  wakeInMs: number | null;
  retryOf: number | null;
  approval: ApprovalDraft | null;
  events: NewEvent[];
  effects: NewEffect[];
}

export type ApprovalDraft = Pick<Approval, 'id' | 'step' | 'digest' | 'need' | 'role' | 'including' | 'detail'> & {
  /** Milliseconds from now, on the database's clock. */
  expiresInMs: number;
};

/** The difference between what is stored and what shall be, in one transaction (D1, D2). */
export interface Write {
  before: Snapshot;
  after: Snapshot;
  events: NewEvent[];
  effects: NewEffect[];
  /** New question to people; earlier open ones of the recovery are superseded. */
  ask?: ApprovalDraft;
  /** Approvals that this start uses up, each with the digest that it must be about; without them the write is refused. */
  consume?: readonly { approval: string; digest: string }[];
  /** Open questions of the recovery are closed with this state. */
  close?: 'expired' | 'superseded';
}

export type CommitResult =
  | { ok: true; version: number; revision: number; cancelBy: string | null }
  /** lost: another epoch or version; busy: no slot or a claim is taken; unapproved: the approval cannot be consumed. */
  | { ok: false; reason: 'lost' | 'busy' | 'unapproved' };

export interface RecoveryFilter {
  service?: string;
  states?: RecoveryState[];
  /** Continue below this id. */
  before?: number;
  /** Above this id alone. */
  after?: number;
  /** Begun, and with a claim on one of these services. */
  changed?: readonly string[];
  limit: number;
}

/** Where recoveries live. Implementations: Postgres, and the memory of one process. */
export interface RecoveryStore {
  /** One active recovery a service: the second request gets the first one's. */
  create(
    draft: RecoveryDraft,
  ): Promise<({ created: true } & Snapshot) | { created: false; recovery: Recovery; steps?: never }>;
  load(id: number): Promise<Snapshot | undefined>;
  list(filter: RecoveryFilter): Promise<Snapshot[]>;
  active(service: string): Promise<Recovery | undefined>;
  /** The one that was made for this very request. */
  requested(origin: Pick<Origin, 'platform' | 'request'>): Promise<Snapshot | undefined>;
  /** Latest ended recoveries of a service, newest first: the evidence for ranking. */
  past(service: string, limit: number): Promise<PastOutcome[]>;
  /** The active recoveries, without their plans and steps. */
  activeOnes(): Promise<ActiveRecovery[]>;
  /** 1 is next; one that does not wait for a slot is absent. */
  queuePlaces(...ids: number[]): Promise<Map<number, number>>;
  /**
   * Recoveries that this worker may take now: woken, or left by a worker whose lease is over or that is in `dead`; best
   * priority first, and only such as a slot and their claims are free for.
   */
  due(worker: WorkerIdentity, dead: string[], inHand: number[], limit: number): Promise<Takeable[]>;
  /** `inDoubt`: an earlier reply to this very write was lost, so it may be there already. */
  commit(write: Write, inDoubt?: boolean): Promise<CommitResult>;
  /** Of one recovery, or of several in one question; the oldest first. */
  approvals(...recoveryIds: number[]): Promise<Approval[]>;
  approval(id: string): Promise<Approval | undefined>;
  /**
   * One atomic decision: reads the approval under a lock, asks `judge`, and writes what it says with its event. `judge`
   * gets the database's clock.
   */
  decide(id: string, judge: (approval: Approval, snapshot: Snapshot, now: Date) => Verdict): Promise<Verdict>;
  /** Recoveries that have been due for `afterMs`, that no live worker may take, and that nobody was told of yet. */
  stranded(afterMs: number): Promise<Stranded[]>;
  requestCancel(id: number, by: string): Promise<Recovery | undefined>;
  /** An event outside a change of state, such as a refused click. */
  record(recoveryId: number | null, events: NewEvent[], effects?: NewEffect[]): Promise<void>;
  events(recoveryId: number): Promise<StoredEvent[]>;
  /**
   * The event log in commit order, from a cursor on: what projections follow. No event is ever passed over, also not one
   * of a transaction that began early and ended late. Without events, `null` gives the cursor of the log's present end,
   * and `#41` the one behind event 41.
   */
  eventsSince(cursor: string | null, limit: number): Promise<{ cursor: string; events: StoredEvent[] }>;
}

export interface ActiveRecovery extends Pick<Recovery, 'id' | 'service' | 'state'> {
  /** One of its steps has an unknown outcome. */
  unknown: boolean;
}

export interface Stranded {
  recovery: number;
  service: string;
  pool: string;
  /** The key under which people are told, once. */
  key: string;
  /** Pools that have live workers. */
  served: string[];
  /** Live workers of the pool lack these of its actions, so that none may take it. */
  lacking: string[];
}

export interface Takeable {
  snapshot: Snapshot;
  /** Who had it, when it was left in the middle. */
  previous?: WorkerIdentity;
}

/** What `judge` decided: refused without change, or recorded, perhaps as the last vote. */
export type Verdict =
  | { kind: 'refused'; code: string; message: string; event: NewEvent }
  | {
      kind: 'recorded';
      decision: Decision;
      state: Approval['state'];
      useBefore: Date | null;
      write?: Omit<Write, 'before'>;
    };

export interface StoredEvent extends NewEvent {
  id: number;
  at: Date;
  recoveryId: number | null;
}

/** A live worker. Workers with the same `host` (machine, boot and pid namespace) can see each other's processes. */
export interface WorkerIdentity {
  id: string;
  host: string;
  pid: number;
  /** Start of the process in clock ticks or text: with `pid` it names one process for ever. */
  startedAt: string;
  pools: string[];
  version: string;
  /** Names of the actions that it has; absent: it is too old to say so. It takes only what needs no others. */
  abilities?: string[];
}

export interface WorkerRegistry {
  join(worker: WorkerIdentity): Promise<void>;
  /** Renews the lease of all its recoveries at once; answers which of them shall be cancelled, and the database's time. */
  beat(id: string): Promise<{ cancel: { id: number; by: string }[]; now: Date }>;
  /** Those on this host, for a look at the process table. */
  onHost(host: string): Promise<WorkerIdentity[]>;
  leave(id: string): Promise<void>;
  list(): Promise<(WorkerIdentity & { beatAt: Date; running: number })[]>;
}

/** Something is wrong with a service; one open incident a fingerprint. */
export interface IncidentStore {
  /** Something that Reviver found itself: opens an incident, or joins the open one of its service. */
  report(
    found: Pick<Incident, 'title' | 'detail' | 'severity' | 'fingerprint'> & { service: string },
  ): Promise<{ incident: Incident; created: boolean }>;
  /**
   * A finding holds no more, which ends its incident unless something else still says so; or an incident is over, and with it
   * those that the same recovery was for. `detail` replaces what the incident said last.
   */
  resolve(
    which: { fingerprint: string } | { id: number; recovery?: number },
    detail?: string,
  ): Promise<Incident | undefined>;
  acknowledge(id: number, by: string): Promise<Incident | undefined>;
  get(id: number): Promise<Incident | undefined>;
  openFor(service: string): Promise<Incident | undefined>;
  saveHealth(health: ServiceHealth): Promise<void>;
  health(): Promise<ServiceHealth[]>;
  /** Of a service that is none any more. */
  forgetHealth(service: string): Promise<void>;
}

/** A plan that was made for an incident and not begun. */
export interface KeptPlan {
  /** What names it to whoever asked for it. */
  key: string;
  plan: Plan;
  /** What it was made of: asked again, it gives the same plan as long as nothing has changed. */
  request: RecoverRequest;
  /** As whoever reported it named it. */
  incident: string;
  incidentId: number;
}

/** Plans between the question for one and its execution; executed, they are those of their recoveries. */
export interface PlanStore {
  keep(plan: KeptPlan): Promise<void>;
  kept(key: string): Promise<KeptPlan | undefined>;
}

/** How long services were well, ill and looked after, for as long as somebody watched. */
export interface AvailabilityStore {
  /** Somebody watches on; `span` is what the last call gave. Absent, or lost meanwhile: a new span begins. */
  watching(span?: number): Promise<number>;
  /** From now on the service counts as this. Said again, it changes nothing. */
  count(service: string, as: Counted): Promise<void>;
  /** By service. */
  spent(windowMs: number): Promise<Map<string, Spent>>;
  /** Removes what no window can reach any more. */
  forgetBefore(windowMs: number): Promise<void>;
}

/** Maintenance that people began. */
export interface MaintenanceStore {
  active(): Promise<Maintenance[]>;
  begin(maintenance: Pick<Maintenance, 'service' | 'reason' | 'by'>, forMs: number): Promise<Maintenance>;
  end(service: string, by: string): Promise<Maintenance | undefined>;
}

/** Circuit breakers, shared by all processes; a service without a row has one that is closed. */
export interface BreakerStore {
  /** All of them, or one; with the database's time. */
  read(service?: string): Promise<{ now: Date; breakers: StoredBreaker[] }>;
  /** Writes it with its events and effects in one commit, if nobody wrote since `revision`. */
  save(
    service: string,
    revision: number,
    breaker: Breaker,
    news: { events: NewEvent[]; effects: NewEffect[] },
  ): Promise<boolean>;
}

/** Calls for people; one that has not ended a service. All times are the database's. */
export interface EscalationStore {
  /**
   * Opens one with this reason, or joins the reason to the one that is open. `fresh`: the reason is a new one. `urgent`
   * says what becomes of one that is there: up to which level it shall not wait now.
   */
  raise(
    reason: Reason,
    first: { policy: string; afterMs: number | null; hurry: number },
    urgent: ((present: Escalation) => number) | undefined,
  ): Promise<{ escalation: Escalation; created: boolean; fresh: boolean }>;
  /** Open ones whose next level is due. */
  due(limit: number): Promise<Escalation[]>;
  /**
   * The people of its level are told: their pages are written with it, once. The next level is due
   * `nextAfterMs` after the beginning; null: it is the last. False: another process was quicker, or somebody looks after it.
   */
  climb(
    escalation: Pick<Escalation, 'id' | 'level'>,
    told: { pages: readonly Omit<Page, 'escalation' | 'action'>[]; chat: boolean },
    nextAfterMs: number | null,
  ): Promise<boolean>;
  /** Whoever was paged is told, in the order of the pages. Undefined: there is none that could be. */
  acknowledge(which: { id: number } | { service: string }, by: string): Promise<Escalation | undefined>;
  resolve(id: number, by: string): Promise<Escalation | undefined>;
  /** Those whose service is well again, and by what; see docs/escalation.md. */
  over(): Promise<{ id: number; by: string }[]>;
  /** Pages that do not get through and that nobody was told of yet: their escalation goes on to the next level now. */
  passFailing(): Promise<{ escalation: Escalation; channel: string; error: string }[]>;
  get(id: number): Promise<Escalation | undefined>;
  /** Not resolved: all, or of one service. */
  unresolved(service?: string): Promise<Escalation[]>;
  /** The latest one in which each recovery was a reason; one that never was is absent. */
  ofRecoveries(...recoveryIds: number[]): Promise<Map<number, Escalation>>;
  /** Writes the reasons that only time brings, each once: a service that is away for too long, or fails again and again. */
  findReasons(
    objectives: readonly { service: string; rtoMs: number; reason: string }[],
    mostFailures: number,
  ): Promise<void>;
}

/** Instant wake-ups (BullMQ). Losing them costs seconds, never work (D6, D7). */
export interface Dispatcher {
  /** A recovery may be taken: job id carries the epoch. Never throws, never waits for Redis. */
  wake(recovery: Pick<Recovery, 'id' | 'epoch' | 'version' | 'pool'>, delayMs?: number): void;
  /** Tells every process that a recovery changed: cards and WebSockets follow at once. `state`: as it is by now, where it is at hand. */
  changed(recoveryId: number, state?: RecoveryState): void;
  /** Tells its owner, wherever it is, to stop it now. */
  cancel(recoveryId: number, by: string): void;
}

export interface Clock {
  now(): Date;
}

export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string, facts?: JsonObject) => void;
