import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../model/errors.js';
import type { RecoveryStore, Takeable, WorkerIdentity, WorkerRegistry } from '../ports.js';
import { recoveryLog } from '../tracing/recovery-log.js';
import { LONGEST_END_MS } from './attempt.js';
import { createLease } from './lease.js';
import { move } from './move.js';
import { expireApproval } from './person-moves.js';
import { type Drive, drive, type RunnerPorts } from './runner.js';
import { stop } from './stop.js';

export interface WorkerOptions {
  /** Recoveries that this worker drives at once. */
  concurrency: number;
  /** How often the lease is renewed; several beats fit into a lease. */
  beatMs: number;
  /** Without a renewal for this long others may take over, so this worker stops its steps a little before. */
  leaseMs: number;
  /** How often Postgres is asked for work that no wake-up told of (D6). */
  pollMs: number;
}

const END_TO_LOOK_MS = 3;

export const WORKER_DEFAULTS: WorkerOptions = { concurrency: 200, beatMs: 1_000, leaseMs: 8_000, pollMs: 1_000 };

/** For the last commits of a worker that ends. */
const LAST_COMMIT_MS = 2_000;

export interface WorkerPorts extends RunnerPorts {
  store: Pick<RecoveryStore, 'commit' | 'due'>;
  registry: WorkerRegistry;
  /** Whether a process of this host still lives. */
  isAlive(worker: WorkerIdentity): Promise<boolean>;
  /** Told the database's time at each beat, so that all nodes agree on it. */
  calibrate(databaseTime: Date): void;
}

export interface Worker {
  /** There may be work: look now. Many calls at once cost one look. */
  kick(): void;
  cancel(recoveryId: number, by: string): void;
  /**
   * Hands everything over at the next step boundary; after `graceMs` running steps are stopped too. What cannot be stored
   * soon after, because the store is away, is left to whoever takes over.
   */
  stop(graceMs: number): Promise<void>;
  running(): number;
}

/**
 * Takes due recoveries and drives them. Wake-ups make it look at once; the poll beneath carries the work when there are
 * none. It renews one lease for all that it holds, and stops its steps itself when it could not.
 */
export async function startWorker(ports: WorkerPorts, options: WorkerOptions): Promise<Worker> {
  let soon: NodeJS.Timeout | undefined;
  const driving = new Map<number, Drive>();
  const shutdown = new AbortController();
  let looking = false;
  let again = false;
  const lease = createLease(options.leaseMs - options.beatMs);

  const dead = async (): Promise<string[]> => {
    const others = (await ports.registry.onHost(ports.worker.host)).filter((other) => other.id !== ports.worker.id);
    const alive = await Promise.all(others.map((other) => ports.isAlive(other)));
    return others.filter((_, index) => !alive[index]).map((other) => other.id);
  };

  const take = (taken: Takeable): void => {
    const { recovery } = taken.snapshot;
    if (recovery.state === 'AWAITING_APPROVAL') {
      expire(taken).catch(unlessAway('an approval could not be closed'));
      return;
    }
    const one = drive(taken, ports, lease, shutdown.signal);
    driving.set(recovery.id, one);
    void one.done
      .catch((error: unknown) =>
        recoveryLog(ports.log, recovery)('error', 'driving a recovery failed', { error: text(error) }),
      )
      .finally(() => {
        driving.delete(recovery.id);
        kickSoon();
      });
  };

  /** One that cannot be taken, a defect or an edit in the database, must not keep the others behind it from being taken. */
  const takeOrTell = (taken: Takeable): void => {
    try {
      take(taken);
    } catch (error) {
      const log = recoveryLog(ports.log, taken.snapshot.recovery);
      log('error', 'a recovery cannot be taken', { error: text(error) });
    }
  };

  /** What has ended makes room for what waits; several ends of one moment are one look. */
  const kickSoon = (): void => {
    soon ??= setTimeout(() => {
      soon = undefined;
      kick();
    }, END_TO_LOOK_MS);
  };

  const expire = async ({ snapshot }: Takeable): Promise<void> => {
    const expired = stop(move(snapshot), 'reviver', { undoOf: ports.undoOf, now: ports.now(), end: expireApproval });
    const result = await ports.store.commit(expired);
    if (result.ok) ports.dispatcher.changed(snapshot.recovery.id);
  };

  const look = async (proven: string[]): Promise<void> => {
    const room = options.concurrency - driving.size;
    if (room <= 0) return;
    const limit = Math.min(room, 20);
    const due = await ports.store.due(ports.worker, proven, [...driving.keys()], limit);
    if (shutdown.signal.aborted) return;
    for (const taken of due) takeOrTell(taken);
    if (due.length === limit) again = true;
  };

  const kick = (proven: string[] = []): void => {
    if (shutdown.signal.aborted) return;
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    again = false;
    look(proven)
      .catch(unlessAway('looking for work failed'))
      .finally(() => {
        looking = false;
        if (again) kick();
      });
  };

  /** The store tells itself that it is away, and what was not done now is found by a later look. */
  const unlessAway =
    (what: string) =>
    (error: unknown): void => {
      if (!isAway(error)) ports.log('error', what, { error: text(error) });
    };

  const beat = async (): Promise<void> => {
    const sentAt = performance.now();
    try {
      const { cancel, now } = await ports.registry.beat(ports.worker.id);
      lease.renew(sentAt);
      // An answer that was long on its way tells what time it was, not what time it is.
      if (performance.now() - sentAt < options.beatMs) ports.calibrate(now);
      for (const { id, by } of cancel) driving.get(id)?.stop('cancelled', by);
    } catch (error) {
      ports.log('warn', 'lease not renewed', { error: text(error) });
    }
  };

  // Others may take over when the lease is over: by then nothing of ours may still act. A timer of its own, since a beat
  // may hang in a network that swallows it.
  const fence = (): void => {
    if (lease.holds()) return;
    for (const one of driving.values()) one.stop('lease_lost');
  };

  await untilAnswered(() => ports.registry.join(ports.worker));
  await beat();
  const beats = every(options.beatMs, beat);
  const fencing = setInterval(fence, options.beatMs / 2);
  const polls = every(options.pollMs, async () => kick(await dead()));
  kick();

  return {
    kick: () => kick(),
    cancel: (id, by) => driving.get(id)?.stop('cancelled', by),
    running: () => driving.size,
    async stop(graceMs) {
      const each = (tell: (one: Drive) => void): void => [...driving.values()].forEach(tell);
      shutdown.abort();
      polls.stop();
      clearTimeout(soon);
      const ended = Promise.allSettled([...driving.values()].map((one) => one.done));
      const timers = [
        setTimeout(() => each((one) => one.stop('shutdown')), graceMs),
        setTimeout(() => each((one) => one.abandon()), graceMs + LONGEST_END_MS + LAST_COMMIT_MS),
      ];
      await ended.finally(() => timers.forEach(clearTimeout));
      beats.stop();
      clearInterval(fencing);
      await ports.registry.leave(ports.worker.id).catch(() => undefined);
    },
  };
}

/** Repeats `work` with a pause of `ms` between the end of one and the begin of the next. */
function every(ms: number, work: () => Promise<void>): { stop(): void } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      void work()
        .catch(() => undefined)
        .finally(next);
    }, ms);
  };
  next();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

const ASK_AGAIN_MS = 500;

async function untilAnswered(ask: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isAway(error)) throw error;
      await delay(ASK_AGAIN_MS);
    }
  }
}

function isAway(error: unknown): boolean {
  return error instanceof UserError && error.code === 'unavailable';
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
