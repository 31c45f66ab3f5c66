import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher, Log, RecoveryStore, Takeable, WorkerIdentity, Write } from '../ports.js';
import { UserError } from '../model/errors.js';
import type { JsonObject } from '../model/json.js';
import type { NewEffect, RecoveryStep, Snapshot } from '../model/recovery.js';
import type { ActionContext } from '../actions/action.js';
import { Aborted, type AbortCode, type Attempt, attempt, type Hands, type OldProcesses, resolve } from './attempt.js';
import type { ReachCrashPoint } from './crash-points.js';
import { direction, frontier } from './frontier.js';
import { acquire, release } from './lease-moves.js';
import { activeMs, event, type Move, move, setRecovery, step as stepAt } from './move.js';
import { cancelIdle, expireApproval } from './person-moves.js';
import { settle } from './settle.js';
import { begin, cancelStep, fail, notDone, skip, succeed, unknown } from './step-moves.js';
import type { UndoOf } from './undo.js';

/** What a step must hold before it begins; the constitution, the digest, `when`, approvals of single steps. */
export type Gate =
  | { pass: true }
  | { pass: false; skip: string }
  | { pass: false; refuse: { code: string; message: string } }
  | { pass: false; turn: (m: Move, now: Date) => Move };

/** What a step's action may leave behind for the next commit: lines for the log, messages for people. */
export interface StepOutput {
  lines: { message: string; facts?: JsonObject }[];
  effects: NewEffect[];
}

export interface RunnerPorts {
  worker: WorkerIdentity;
  store: RecoveryStore;
  dispatcher: Dispatcher;
  now: () => Date;
  hands(snapshot: Snapshot, output: StepOutput): Hands;
  undoOf: UndoOf;
  gate(snapshot: Snapshot, step: RecoveryStep): Promise<Gate>;
  /** Proves that the processes of a step's earlier attempt are gone, killing what is left. */
  oldProcesses(runKey: string, previous: WorkerIdentity | undefined): Promise<OldProcesses>;
  reach: ReachCrashPoint;
  log: Log;
}

/** The handle by which a worker steers a recovery that it drives. */
export interface Drive {
  stop(code: AbortCode, by?: string): void;
  done: Promise<void>;
}

/** A delay up to this long is waited for with the lease held; a longer one is left to `wakeAt`. */
const SHORT_DELAY_MS = 2_000;
/** A before-state that takes longer than this is not waited for by the commit of the step before it. */
const QUICK_LOOK_MS = 250;

/** Another worker has the recovery now: nothing more may be written. */
class LostLease extends Error {}

/**
 * Drives one recovery from commit to commit until it ends, waits for people or a later time, must go to another pool,
 * or is handed over. One commit finishes a step and begins the next (D2).
 */
export function drive(taken: Takeable, ports: RunnerPorts, shutdown: AbortSignal): Drive {
  const runner = new Runner(taken, ports, shutdown);
  return { stop: (code, by) => runner.stop(code, by), done: runner.run() };
}

class Runner {
  private current: Move;
  private readonly running = new Map<number, { controller: AbortController; ended: Promise<{ position: number; attempt: Attempt }> }>();
  private readonly output: StepOutput = { lines: [], effects: [] };
  private readonly hands: Hands;
  private readonly nudge = new AbortController();
  private cancelBy: string | null = null;

  constructor(
    private readonly taken: Takeable,
    private readonly ports: RunnerPorts,
    private readonly shutdown: AbortSignal,
  ) {
    this.current = acquire(move(taken.snapshot), ports.worker, ports.now());
    this.hands = ports.hands(taken.snapshot, this.output);
  }

  stop(code: AbortCode, by?: string): void {
    if (code === 'cancelled') this.cancelBy ??= by ?? 'unknown';
    this.abortRunning(code);
    this.nudge.abort();
  }

  async run(): Promise<void> {
    try {
      await this.settleOrphans();
      while (await this.advance()) await this.awaitOutcome();
    } catch (error) {
      if (!(error instanceof LostLease)) throw error;
      if (error.message === 'lost' && this.current.before.recovery.owner === this.ports.worker.id)
        this.ports.log('warn', 'another worker has the recovery; stopped without writing', { recovery: this.id });
    } finally {
      this.abortRunning('lease_lost');
      await Promise.allSettled([...this.running.values()].map((one) => one.ended));
    }
  }

  private get id(): number {
    return this.taken.snapshot.recovery.id;
  }

  /** Steps that a dead worker left running: own them first, then look at reality (D4). */
  private async settleOrphans(): Promise<void> {
    const orphans = this.current.after.steps.filter((step) => step.state === 'running');
    if (orphans.length === 0) return;
    await this.commit();
    for (const orphan of orphans) await this.resolveInterrupted(orphan, this.taken.previous);
  }

  /** Brings the recovery to its next wait; false when this worker is done with it. */
  private async advance(): Promise<boolean> {
    const { ports } = this;
    const now = ports.now();
    const { recovery } = this.current.after;
    if (this.running.size > 0) return true;
    if (this.cancelledBy() && direction(this.current.after.steps) === 'do') {
      this.current = cancelIdle(this.current, this.cancelledBy() ?? '', now);
      return this.finish();
    }
    this.current = settle(this.current, ports.undoOf, now);
    const { state } = this.current.after.recovery;
    if (state !== 'IN_PROGRESS' && state !== 'ROLLING_BACK') return this.finish();
    const open = frontier(this.current.after.steps).filter((step) => step.state === 'pending');
    if (this.shutdown.aborted) return this.handOver(recovery.pool, now, 'shutdown');
    const mine = open.filter((step) => ports.worker.pools.includes(step.pool));
    if (mine.length === 0) return this.handOver(open[0]?.pool ?? recovery.pool, now, 'pool');
    const ready = mine.filter((step) => !step.nextAttemptAt || step.nextAttemptAt <= now);
    if (ready.length === 0) return this.awaitRetry(mine, now);
    return this.beginAll(ready);
  }

  private async beginAll(ready: RecoveryStep[]): Promise<boolean> {
    const begun: RecoveryStep[] = [];
    for (const step of ready) {
      const { ports } = this;
      const gate = await ports.gate(this.current.after, step);
      const now = ports.now();
      if (gate.pass) {
        const left = this.timeLeftMs(now);
        if (left > 0) {
          const before = await this.look(step);
          this.current = begin(this.current, step.position, before, ports.now());
          begun.push(step);
          continue;
        }
        const message = `recovery_timeout is over`;
        this.current = fail(this.current, step.position, { code: 'recovery_timeout', message }, now, false);
      } else if ('skip' in gate) this.current = skip(this.current, step.position, gate.skip, now);
      else if ('refuse' in gate) this.current = fail(this.current, step.position, gate.refuse, now, false);
      else if (begun.length > 0) continue;
      else {
        this.current = gate.turn(this.current, now);
        return this.finish();
      }
      if (begun.length === 0) return this.advance();
    }
    await this.commit();
    for (const step of begun) this.launch(stepAt(this.current, step.position));
    return true;
  }

  private launch(step: RecoveryStep): void {
    const { ports } = this;
    const controller = new AbortController();
    const where = { recovery: this.id, step: step.position };
    ports.reach(step.kind === 'undo' ? 'undo_after_intent' : 'after_intent', where);
    const left = step.kind === 'undo' ? Number.POSITIVE_INFINITY : this.timeLeftMs(ports.now());
    const limit =
      left < step.timeoutMs
        ? { ms: Math.max(1, left), code: 'recovery_timeout' as const }
        : { ms: step.timeoutMs, code: 'timeout' as const };
    const ended = attempt(step, this.hands, controller.signal, limit).then((outcome) => {
      ports.reach(step.kind === 'undo' ? 'undo_before_commit' : 'before_commit', where);
      return { position: step.position, attempt: outcome };
    });
    this.running.set(step.position, { controller, ended });
  }

  private async awaitOutcome(): Promise<void> {
    if (this.running.size === 0) return;
    const { position, attempt: outcome } = await Promise.race([...this.running.values()].map((one) => one.ended));
    this.running.delete(position);
    const step = stepAt(this.current, position);
    const now = this.ports.now();
    if (outcome.kind === 'succeeded') this.current = succeed(this.current, position, outcome.result, now);
    else if (outcome.kind === 'failed') {
      this.current = fail(this.current, position, outcome.error, now, outcome.retryable);
      if (step.onFailure !== 'continue' && stepAt(this.current, position).state === 'failed') this.abortRunning('sibling_failed');
    } else await this.resolveInterrupted(step, undefined, outcome.code);
    if (this.running.size > 0) await this.commit();
  }

  /** A step that was stopped, or left by a dead worker: what it did is looked up (D4). */
  private async resolveInterrupted(step: RecoveryStep, previous: WorkerIdentity | undefined, code?: AbortCode): Promise<void> {
    const { ports } = this;
    const old = await ports.oldProcesses(runKey(this.id, step.position), previous);
    const limit = AbortSignal.timeout(Math.min(step.timeoutMs, 30_000));
    const found = await resolve(step, this.hands, old, limit);
    const now = ports.now();
    const { position } = step;
    if (found.outcome === 'done')
      this.current = succeed(this.current, position, found.result ?? {}, now, { probed: found.evidence });
    else if (code === 'cancelled' && found.outcome === 'not_done')
      this.current = cancelStep(this.current, position, found.evidence, now);
    else if (found.outcome === 'not_done' || (step.idempotent && old === 'gone'))
      this.current = notDone(this.current, position, found.evidence);
    else this.current = unknown(this.current, position, found.evidence, now);
  }

  private async look(step: RecoveryStep): Promise<JsonObject> {
    const action = this.hands.action(step.action);
    if (!action.look) return {};
    const ctx: ActionContext = this.hands.context(step, AbortSignal.timeout(Math.min(step.timeoutMs, 5_000)));
    const looked = action.look(step.input, ctx).catch((error: unknown) => ({ look_failed: String(error) }));
    const quick = new AbortController();
    const first = await Promise.race([looked, delay(QUICK_LOOK_MS, undefined, { signal: quick.signal }).catch(() => undefined)]);
    quick.abort();
    if (first) return first;
    await this.commit();
    return looked;
  }

  private async awaitRetry(waiting: RecoveryStep[], now: Date): Promise<boolean> {
    const at = new Date(Math.min(...waiting.map((step) => step.nextAttemptAt?.getTime() ?? now.getTime())));
    const ms = at.getTime() - now.getTime();
    if (ms > SHORT_DELAY_MS) {
      this.current = release(this.current, { pool: waiting[0]!.pool, wakeAt: at, why: 'retry' });
      return this.finish(ms);
    }
    await this.commit();
    const signal = AbortSignal.any([this.nudge.signal, this.shutdown]);
    await delay(ms, undefined, { signal }).catch(() => undefined);
    return this.advance();
  }

  private async handOver(pool: string, now: Date, why: string): Promise<boolean> {
    this.current = release(this.current, { pool, wakeAt: now, why });
    return this.finish();
  }

  /** The last commit of this worker; wakes whoever is next. */
  private async finish(delayMs = 0): Promise<false> {
    await this.commit();
    const { recovery } = this.current.after;
    this.ports.reach('before_wake', { recovery: this.id, step: -1 });
    if (recovery.wakeAt) this.ports.dispatcher.wake(recovery, Math.max(delayMs, recovery.wakeAt.getTime() - this.ports.now().getTime()));
    return false;
  }

  private cancelledBy(): string | null {
    return this.cancelBy ?? this.current.after.recovery.cancelBy;
  }

  private timeLeftMs(now: Date): number {
    const { recovery, steps } = this.current.after;
    if (direction(steps) === 'undo') return Number.POSITIVE_INFINITY;
    return recovery.timeoutMs - activeMs(recovery, now);
  }

  private abortRunning(code: AbortCode): void {
    for (const { controller } of this.running.values()) controller.abort(new Aborted(code, code));
  }

  /** Writes what has gathered. Waits for the store as long as it takes: an outage of it loses nothing here. */
  private async commit(): Promise<void> {
    const { ports } = this;
    const gathered = this.collectOutput(this.current);
    if (gathered.after === gathered.before && gathered.events.length === 0 && gathered.effects.length === 0) return;
    const result = await this.untilStored(gathered);
    if (!result.ok) {
      if (result.reason === 'unapproved') await this.expire();
      if (result.reason !== 'lost') ports.log('debug', 'recovery not taken', { recovery: this.id, reason: result.reason });
      throw new LostLease(result.reason);
    }
    const { version, revision, cancelBy } = result;
    const saved = setRecovery(gathered, { version, revision, cancelBy: cancelBy ?? this.cancelBy });
    this.current = move(saved.after);
    ports.dispatcher.changed(this.id);
  }

  /** Decided, but not used in time: that decision counts no more. */
  private async expire(): Promise<void> {
    const { ports, taken } = this;
    const result = await ports.store.commit(expireApproval(move(taken.snapshot), ports.now()));
    if (result.ok) ports.dispatcher.changed(this.id);
  }

  private async untilStored(write: Write): Promise<Awaited<ReturnType<RecoveryStore['commit']>>> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.ports.store.commit(write, tries > 0);
      } catch (error) {
        if (!(error instanceof UserError) || error.code !== 'unavailable') throw error;
        if (tries === 0) this.ports.log('warn', 'store unavailable; waiting to commit', { recovery: this.id, error: error.message });
        await delay(Math.min(1_000, 100 * 2 ** tries));
      }
    }
  }

  private collectOutput(m: Move): Move {
    const { lines, effects } = this.output;
    if (lines.length === 0 && effects.length === 0) return m;
    const logged = lines.reduce((moved, line) => event(moved, 'step.log', 'reviver', { message: line.message, ...line.facts }), m);
    const sent = { ...logged, effects: [...logged.effects, ...effects] };
    lines.length = 0;
    effects.length = 0;
    return sent;
  }
}

/** `R-12/3`: names an attempt's processes and leavings, the same for every worker. */
export function runKey(recoveryId: number, position: number): string {
  return `R-${recoveryId}/${position}`;
}
