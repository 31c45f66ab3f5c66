import { forbids } from '../../engine/constitution/constitution.js';
import {
  ACTIVE_STATES,
  isTerminal,
  recoveryName,
  type Snapshot,
  TERMINAL_STATES,
} from '../../engine/model/recovery.js';
import type { Log } from '../../engine/ports.js';
import { move } from '../../engine/recovery/move.js';
import { hasten, retry } from '../../engine/recovery/person-moves.js';
import { cancelRecovery } from '../../engine/use-cases/cancel.js';
import { PROGRAM } from '../program.js';
import { ending } from './ending.js';
import { RecoveryConstitutionalError, RecoveryOrchestratorError, RecoveryValidationError } from './errors.js';
import { CONSTITUTIONAL_HASH } from './names.js';
import { openParts } from './open-parts.js';
import type { DocumentOptions, RecoveryOrchestratorOptions } from './options.js';
import type { Parts } from './parts.js';
import { createPolicyBook, type PolicyBook } from './policy-book.js';
import { RecoveryPolicy, toRetryPolicy } from './recovery-policy.js';
import { type ScheduleArguments, scheduleRequest, serviceName } from './schedule-request.js';
import { PLATFORM, schedule } from './scheduling.js';
import { type RecoveryResult, type RecoveryStatus, toResult, toStatus } from './status.js';
import { type OrchestratorWorker, startOrchestratorWorker } from './worker.js';

const HISTORY = 10;
/** Status shows so many active recoveries. */
const MOST_ACTIVE = 10_000;
const GRACE_MS = 5_000;

/**
 * The orchestrator of the Recovery Orchestrator document, on Reviver's own engine: in the memory of this process, or, with
 * `databaseUrl`, in Postgres, where recoveries outlive it. docs/library.md says how names of the document map.
 */
export class RecoveryOrchestrator {
  /** May be set, as the document does it: one that is not the constitution's refuses every operation. */
  constitutionalHash: string;
  readonly #options: RecoveryOrchestratorOptions;
  readonly #policies: PolicyBook;
  readonly #log: Log;
  /** Scheduled here and not given to `executeRecovery` yet, by service. */
  readonly #unclaimed = new Map<string, number>();
  #parts: Promise<Parts> | undefined;
  #worker: OrchestratorWorker | undefined;
  #ending = new AbortController();

  constructor(options: RecoveryOrchestratorOptions & DocumentOptions = {}) {
    const { default_policy, constitutional_hash, ...own } = options;
    this.#options = own;
    this.constitutionalHash = own.constitutionalHash ?? constitutional_hash ?? CONSTITUTIONAL_HASH;
    const { log = () => {} } = own;
    this.#log = (level, message, facts) => log(level, `[${this.constitutionalHash}] ${message}`, facts);
    this.#policies = createPolicyBook(own.defaultPolicy ?? default_policy ?? new RecoveryPolicy(), () => this.#open());
    this.#log('info', 'Recovery Orchestrator initialized');
  }

  /** From now on what is scheduled is carried out. Throws `RecoveryOrchestratorError` when it runs already. */
  async start(): Promise<void> {
    this.#validate('start');
    if (this.#worker) throw new RecoveryOrchestratorError('The recovery orchestrator is already running.');
    this.#ending = new AbortController();
    const parts = await this.#open();
    const { recover, circuitBreakers } = this.#options;
    const worker = await startOrchestratorWorker(parts, {
      recover,
      circuitBreakers,
      checkOf: this.#policies.checkOf,
      pool: this.#pool,
      forbids: (step) => this.#forbids(step),
      log: this.#log,
    });
    // Two starts at once: the other one was quicker.
    if (this.#worker) {
      await worker.stop(0);
      throw new RecoveryOrchestratorError('The recovery orchestrator is already running.');
    }
    this.#worker = worker;
    parts.employ(worker);
    worker.kick();
    this.#log('info', 'Recovery Orchestrator started');
  }

  /**
   * Cancels what this orchestrator has scheduled or runs, and closes what it opened. What others run goes on; so does what one
   * has scheduled in a database that never was started itself.
   */
  async stop(): Promise<void> {
    this.#ending.abort(new RecoveryOrchestratorError('The recovery orchestrator was stopped.'));
    const [parts, worker] = [await this.#parts, this.#worker];
    this.#worker = undefined;
    if (!parts) return;
    if (worker) {
      await this.#cancelOwn(parts, worker);
      await worker.stop(GRACE_MS);
    }
    parts.employ(undefined);
    this.#parts = this.#options.databaseUrl === undefined ? this.#parts : undefined;
    await parts.close();
    this.#log('info', 'Recovery Orchestrator stopped');
  }

  /**
   * Schedules a service for recovery; gives the name of the recovery, such as `R-12`. The same request while it runs is that
   * one. Throws `RecoveryConstitutionalError`, `RecoveryValidationError`, and `RecoveryOrchestratorError` when the service is
   * being recovered in another way.
   */
  async scheduleRecovery(...args: ScheduleArguments): Promise<string> {
    const { serviceName: service, priority, ...asked } = scheduleRequest(args);
    this.#validate('schedule a recovery', service);
    const parts = await this.#open();
    const set = asked.policy && asked.strategy ? undefined : await this.#policies.of(service);
    const policy = asked.policy ?? set?.policy ?? new RecoveryPolicy();
    const strategy = asked.strategy ?? set?.strategy ?? 'exponential_backoff';
    this.#policies.scheduled(service, asked.policy);
    const recovery = await schedule(
      {
        service,
        priority,
        retry: toRetryPolicy(policy, strategy),
        checked: policy.healthCheckFn !== undefined,
        constitution: this.constitutionalHash,
        pool: this.#pool,
        attemptTimeoutMs: this.#options.attemptTimeoutMs ?? 30_000,
      },
      parts,
    );
    this.#unclaimed.set(service, recovery.id);
    this.#log('info', `Scheduled recovery for '${service}' with strategy ${strategy} and priority ${priority}`, {
      recovery: recoveryName(recovery.id),
    });
    return recoveryName(recovery.id);
  }

  /**
   * Carries out what is scheduled for the service without waiting for its next attempt, and resolves with its outcome; for
   * the strategy `manual` this is the operator's action. Throws `RecoveryValidationError` when nothing is scheduled.
   */
  async executeRecovery(name: string, signal?: AbortSignal): Promise<RecoveryResult> {
    const service = serviceName(name);
    this.#validate('execute a recovery', service);
    if (!this.#worker)
      throw new RecoveryOrchestratorError('The recovery orchestrator is not running. Call start() first.');
    const parts = await this.#open();
    const id = this.#unclaimed.get(service) ?? (await parts.store.active(service))?.id;
    if (id === undefined)
      throw new RecoveryValidationError(
        `Service '${service}' not found: no recovery of it is scheduled. Call scheduleRecovery('${service}') first.`,
      );
    const signals = signal ? AbortSignal.any([signal, this.#ending.signal]) : this.#ending.signal;
    const snapshot = await ending(id, parts, (waiting) => this.#hurry(waiting, parts), signals);
    if (isTerminal(snapshot.recovery.state) && this.#unclaimed.get(service) === id) this.#unclaimed.delete(service);
    return toResult(snapshot);
  }

  async getRecoveryStatus(): Promise<RecoveryStatus> {
    const { store, policies, clock } = await this.#open();
    const [active, ended, set] = await Promise.all([
      store.list({ states: [...ACTIVE_STATES], limit: MOST_ACTIVE }),
      store.list({ states: [...TERMINAL_STATES], limit: HISTORY }),
      policies.all(),
    ]);
    return toStatus({
      active: active.filter(({ recovery }) => recovery.origin.platform === PLATFORM),
      ended: ended.filter(({ recovery }) => recovery.origin.platform === PLATFORM),
      policies: set,
      hash: this.constitutionalHash,
      running: this.#worker !== undefined,
      now: clock.now(),
    });
  }

  /** False when nothing is scheduled or running for the service. */
  async cancelRecovery(name: string): Promise<boolean> {
    const parts = await this.#open();
    const active = await parts.store.active(serviceName(name));
    return active !== undefined && (await this.#cancel(active.id, parts));
  }

  /** Counts for what is scheduled from now on. Throws `RecoveryConstitutionalError`. */
  async setRecoveryPolicy(name: string, policy: RecoveryPolicy): Promise<void> {
    const service = serviceName(name);
    this.#validate('set a recovery policy', service);
    await this.#policies.set(service, policy, this.constitutionalHash);
  }

  /** The policy that was set for the service, else the default. */
  async getRecoveryPolicy(name: string): Promise<RecoveryPolicy> {
    return (await this.#policies.of(serviceName(name))).policy;
  }

  get #pool(): string {
    return this.#options.name ?? 'library';
  }

  #open(): Promise<Parts> {
    this.#parts ??= openParts(this.#options, this.#pool, this.#log, this.#ending.signal).catch((error: unknown) => {
      this.#parts = undefined;
      throw error;
    });
    return this.#parts;
  }

  #mismatch(): string | undefined {
    const expected = this.#options.constitution?.hash ?? CONSTITUTIONAL_HASH;
    if (this.constitutionalHash === expected) return undefined;
    return `the constitutional hash is ${this.constitutionalHash}, and the constitution's is ${expected}`;
  }

  #forbids(step: Parameters<typeof forbids>[1]): string | undefined {
    const { constitution } = this.#options;
    return this.#mismatch() ?? (constitution && forbids(constitution, step));
  }

  /** `service`: one that the constitution may protect. */
  #validate(what: string, service?: string): void {
    const { constitution } = this.#options;
    const isProtected = service !== undefined && constitution?.protectedServices.includes(service);
    const why = this.#mismatch() ?? (isProtected ? `the constitution protects ${service}` : undefined);
    if (why)
      throw new RecoveryConstitutionalError(`Cannot ${what}: ${why}. Nothing was done.`, {
        hash: this.constitutionalHash,
      });
  }

  /** Its owner may have moved it on in this very moment; then there is nothing to hurry. */
  async #hurry(snapshot: Snapshot, { store, dispatcher, clock }: Parts): Promise<void> {
    const by = PROGRAM.name;
    const manual = snapshot.recovery.state === 'AWAITING_MANUAL';
    const made = manual ? retry(move(snapshot), by, clock.now()) : hasten(move(snapshot), by, clock.now());
    if (made.after === snapshot) return;
    if ((await store.commit(made)).ok) dispatcher.wake(made.after.recovery);
  }

  async #cancel(id: number, { store, dispatcher, clock }: Parts): Promise<boolean> {
    try {
      await cancelRecovery(id, PROGRAM.name, { store, dispatcher, undoOf: () => undefined, now: clock.now });
      return true;
    } catch (error) {
      const recovery = (await store.load(id))?.recovery;
      if (recovery && !isTerminal(recovery.state)) throw error;
      return false;
    }
  }

  async #cancelOwn(parts: Parts, worker: OrchestratorWorker): Promise<void> {
    const own = new Set(this.#unclaimed.values());
    const active = await parts.store.list({ states: [...ACTIVE_STATES], limit: MOST_ACTIVE });
    const mine = active.filter(({ recovery }) => own.has(recovery.id) || recovery.owner === worker.id);
    for (const { recovery } of mine) await this.#cancel(recovery.id, parts);
    this.#unclaimed.clear();
  }
}
