import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import { isTerminal, type RecoveryStep, type Snapshot } from '../model/recovery.js';
import type { Dispatcher, Log, RecoveryStore, Takeable, WorkerIdentity } from '../ports.js';
import { createDriveTrace } from '../tracing/drive-trace.js';
import { recoveryLog } from '../tracing/recovery-log.js';
import type { Tracing } from '../tracing/tracing.js';
import { type AbortCode, type Hands, type OldProcesses, type Resolution, resolve } from './attempt.js';
import type { ReachCrashPoint } from './crash-points.js';
import { direction, frontier } from './frontier.js';
import { settleAbandoned, settleDoubtful, settleInterrupted } from './interrupted.js';
import type { Lease } from './lease.js';
import { acquire, release } from './lease-moves.js';
import { lookAt } from './look.js';
import { activeMs, type Move, move, step as stepAt } from './move.js';
import { expireApproval, giveToPerson } from './person-moves.js';
import { createProgress, LostLease, type StepOutput } from './progress.js';
import { createRunningSteps, type Ended } from './running-steps.js';
import { settle } from './settle.js';
import { begin, fail, notDone, skip, succeed } from './step-moves.js';
import { stop } from './stop.js';
import type { UndoOf } from './undo.js';

/** What a step must hold before it begins; the constitution, the digest, `when`, approvals of single steps. */
export type Gate =
  /** `facts`: what the step's approval is about, beside the plan. */
  | { pass: true; facts?: JsonObject }
  | { pass: false; skip: string }
  | { pass: false; refuse: { code: string; message: string } }
  | { pass: false; turn: (m: Move, now: Date) => Move };

export interface RunnerPorts {
  worker: WorkerIdentity;
  store: Pick<RecoveryStore, 'commit'>;
  dispatcher: Dispatcher;
  now: () => Date;
  hands(snapshot: Snapshot, output: StepOutput): Hands;
  undoOf: UndoOf;
  gate(snapshot: Snapshot, step: RecoveryStep): Promise<Gate>;
  /** Proves that the processes of a step's earlier attempts, up to this epoch, are gone, killing what is left. */
  oldProcesses(runKey: string, upToEpoch: number, previous: WorkerIdentity | undefined): Promise<OldProcesses>;
  reach: ReachCrashPoint;
  /** Absent: nothing is traced. */
  tracing?: Tracing;
  log: Log;
}

/** The handle by which a worker steers a recovery that it drives. */
export interface Drive {
  stop(code: AbortCode, by?: string): void;
  /** Waits no longer for a store that is away: leaves the recovery to whoever takes over. */
  abandon(): void;
  done: Promise<void>;
}

/** A delay up to this long is waited for with the lease held; a longer one is left to `wakeAt`. */
const SHORT_DELAY_MS = 2_000;
const LONGEST_PROBE_MS = 30_000;

/**
 * Drives one recovery from commit to commit until it ends, waits for people or a later time, must go to another pool,
 * or is handed over. One commit finishes a step and begins the next (D2).
 */
export function drive(taken: Takeable, ports: RunnerPorts, lease: Lease, shutdown: AbortSignal): Drive {
  const { id } = taken.snapshot.recovery;
  const output: StepOutput = { lines: [], effects: [] };
  const abandoned = new AbortController();
  const acquired = acquire(move(taken.snapshot), ports.worker, ports.now());
  const { epoch } = acquired.after.recovery;
  const log = recoveryLog(ports.log, acquired.after.recovery);
  const trace = createDriveTrace(ports.tracing, taken, ports.worker, ports.hands(acquired.after, output));
  const { hands } = trace;
  const at = createProgress(acquired, output, { ...ports, log }, abandoned.signal);
  const running = createRunningSteps(id, trace, ports.reach);
  let nudge = new AbortController();
  let asked: string | undefined;

  return {
    done: run(),
    stop(code, by) {
      if (code === 'cancelled' && direction(at.current.after.steps) === 'undo') return;
      if (code === 'cancelled') asked ??= by ?? 'unknown';
      running.abort(code);
      nudge.abort();
    },
    abandon: () => abandoned.abort(),
  };

  async function run(): Promise<void> {
    try {
      await settleOrphans();
      while (await advance()) await takeOutcome(await running.next());
    } catch (error) {
      if (!(error instanceof LostLease)) return await defect(error);
      if (error.reason === 'unapproved') await expire();
      log('debug', 'stopped without writing', { reason: error.reason });
    } finally {
      running.abort('lease_lost');
      await running.allEnded();
    }
  }

  /** Steps that a dead worker left running: own them first, then look at reality. */
  async function settleOrphans(): Promise<void> {
    const orphans = at.current.after.steps.filter((step) => step.state === 'running');
    if (orphans.length > 0) await at.commit();
    for (const orphan of orphans) await resolveInterrupted(orphan, taken.previous);
  }

  /** Brings the recovery to its next wait; false when this worker is done with it. */
  async function advance(): Promise<boolean> {
    if (running.size() > 0) return true;
    const now = ports.now();
    const by = asked ?? at.current.after.recovery.cancelBy;
    if (by && direction(at.current.after.steps) === 'do') {
      at.current = stop(at.current, by, { undoOf: ports.undoOf, now });
      return finish();
    }
    at.current = settle(at.current, ports.undoOf, now);
    const { recovery, steps } = at.current.after;
    if (recovery.state !== 'IN_PROGRESS' && recovery.state !== 'ROLLING_BACK') return finish();
    if (shutdown.aborted) return handOver(recovery.pool, now, 'shutdown');
    const open = frontier(steps).filter((step) => step.state === 'pending');
    const mine = open.filter((step) => ports.worker.pools.includes(step.pool));
    if (mine.length === 0) return handOver(open[0]?.pool ?? recovery.pool, now, 'pool');
    const ready = mine.filter((step) => !step.nextAttemptAt || step.nextAttemptAt <= now);
    return ready.length > 0 ? beginAll(ready) : awaitRetry(mine, now);
  }

  async function beginAll(ready: RecoveryStep[]): Promise<boolean> {
    await leaseRenewed();
    const begun: number[] = [];
    for (const step of ready) {
      const gate = await ports.gate(at.current.after, step).catch(refusal);
      if (gate.pass && timeLeftMs() > 0) {
        const before = await lookAt(step, hands, at.commit);
        at.current = begin(at.current, step.position, before, ports.now(), gate.facts);
        begun.push(step.position);
      } else if (!gate.pass && 'turn' in gate) {
        // People are asked about one step only when nothing else of its stage is under way.
        if (begun.length > 0) continue;
        at.current = gate.turn(at.current, ports.now());
        return finish();
      } else at.current = passedOver(step, gate);
    }
    if (begun.length === 0) return advance();
    await at.commit();
    // This commit may have taken longer than the lease: somebody else may hold the recovery by now, or be about to.
    if (!lease.holds()) return notBegun(begun);
    for (const position of begun) running.launch(stepAt(at.current, position), timeLeftMs());
    return true;
  }

  /** Intents without effects: the same steps begin again when the lease is renewed, if the recovery is still ours. */
  function notBegun(positions: number[]): Promise<boolean> {
    const evidence = 'the lease was over before it began';
    for (const position of positions) at.current = notDone(at.current, position, evidence);
    return advance();
  }

  async function leaseRenewed(): Promise<void> {
    if (lease.holds()) return;
    await lease.renewed(abandoned.signal).catch(() => {
      throw new LostLease('abandoned');
    });
  }

  /** A step that does not begin: its condition is false, a rule forbids it, or the time is over. */
  function passedOver({ position }: RecoveryStep, gate: Gate): Move {
    const now = ports.now();
    if (!gate.pass && 'skip' in gate) return skip(at.current, position, gate.skip, now);
    const overtime = { code: 'recovery_timeout', message: 'the time for the whole recovery is over' };
    return fail(at.current, position, !gate.pass && 'refuse' in gate ? gate.refuse : overtime, now, false);
  }

  async function takeOutcome({ position, attempt: outcome }: Ended): Promise<void> {
    const step = stepAt(at.current, position);
    const now = ports.now();
    if (outcome.kind === 'succeeded') at.current = succeed(at.current, position, outcome.result, now);
    else if (outcome.kind === 'failed') at.current = fail(at.current, position, outcome.error, now, outcome.retryable);
    else if (outcome.kind === 'in_doubt')
      at.current = settleDoubtful(at.current, step, outcome.message, await look(step, 'gone'), ports.now());
    else if (outcome.kind === 'aborted') await resolveInterrupted(step, undefined, outcome.code);
    else at.current = settleAbandoned(at.current, step, await look(step, 'gone'), outcome.code, ports.now());
    if (running.size() === 0) return;
    if (step.onFailure !== 'continue' && stepAt(at.current, position).state === 'failed')
      running.abort('sibling_failed');
    await at.commit();
  }

  async function resolveInterrupted(step: RecoveryStep, previous?: WorkerIdentity, code?: AbortCode): Promise<void> {
    const old = await ports.oldProcesses(runKey(id, step.position), epoch, previous);
    const found = await look(step, old);
    at.current = settleInterrupted(at.current, step, found, old, code, ports.now());
  }

  function look(step: RecoveryStep, old: OldProcesses): Promise<Resolution> {
    const signal = AbortSignal.timeout(Math.min(step.timeoutMs, LONGEST_PROBE_MS));
    return trace.look(step, () => resolve(step, hands, old, signal));
  }

  async function awaitRetry(waiting: RecoveryStep[], now: Date): Promise<boolean> {
    const dueAt = Math.min(...waiting.map((step) => step.nextAttemptAt?.getTime() ?? now.getTime()));
    const ms = dueAt - now.getTime();
    if (ms > SHORT_DELAY_MS) {
      at.current = release(at.current, { pool: waiting[0]?.pool ?? 'default', wakeAt: new Date(dueAt), why: 'retry' });
      return finish();
    }
    // Told to stop while it waits, it looks once more; a wait that goes on after that is a new one.
    nudge = new AbortController();
    await at.commit();
    await delay(ms, undefined, { signal: AbortSignal.any([nudge.signal, shutdown]) }).catch(() => undefined);
    return advance();
  }

  function handOver(pool: string, now: Date, why: string): Promise<false> {
    at.current = release(at.current, { pool, wakeAt: now, why });
    return finish();
  }

  /** The last commit of this worker; wakes whoever is next. */
  async function finish(): Promise<false> {
    await at.commit();
    await obeyLate();
    ports.reach('before_wake', { recovery: id, step: -1 });
    const { recovery } = at.current.after;
    const { state, service, outcome } = recovery;
    if (isTerminal(state)) log('info', 'recovery:ended', { service, state, code: outcome?.code ?? null });
    if (recovery.wakeAt)
      ports.dispatcher.wake(recovery, Math.max(0, recovery.wakeAt.getTime() - ports.now().getTime()));
    return false;
  }

  /** Who cancelled while the last commit was on its way must not wait with the others: nobody would obey any more. */
  async function obeyLate(): Promise<void> {
    const { recovery, steps } = at.current.after;
    if (!recovery.cancelBy || isTerminal(recovery.state) || direction(steps) === 'undo') return;
    at.current = stop(at.current, recovery.cancelBy, { undoOf: ports.undoOf, now: ports.now() });
    await at.commit();
  }

  /** A mistake of ours must not leave a recovery lying: a person gets it, with what is known. */
  async function defect(error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    log('error', 'driving a recovery failed: a defect', {
      error: error instanceof Error ? (error.stack ?? message) : message,
    });
    running.abort('shutdown');
    await running.allEnded();
    await ports.store.commit(giveToPerson(at.current.before, ports.worker, message, ports.now()));
    ports.dispatcher.changed(id);
  }

  /** Decided, but not used in time: that decision counts no more. */
  async function expire(): Promise<void> {
    // From what is stored by now: this worker may have written since it took the recovery.
    const expired = stop(move(at.current.before), 'reviver', {
      undoOf: ports.undoOf,
      now: ports.now(),
      end: expireApproval,
    });
    const result = await ports.store.commit(expired);
    if (result.ok) ports.dispatcher.changed(id);
  }

  function timeLeftMs(): number {
    const { recovery, steps } = at.current.after;
    if (direction(steps) === 'undo') return Number.POSITIVE_INFINITY;
    return recovery.timeoutMs - activeMs(recovery, ports.now());
  }
}

/** A condition that cannot be judged does not hold; while the store is away nothing is judged. */
function refusal(error: unknown): Gate {
  if (error instanceof UserError && error.code === 'unavailable') throw error;
  const message = error instanceof Error ? error.message : String(error);
  return { pass: false, refuse: { code: 'cannot_begin', message } };
}

/** `R-12/3`: names an attempt's processes and leavings, the same for every worker. */
export function runKey(recoveryId: number, position: number): string {
  return `R-${recoveryId}/${position}`;
}
