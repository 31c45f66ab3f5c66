import { afterEach, describe, expect, test } from '@jest/globals';
import {
  CircuitBreaker,
  CircuitBreakerConfig,
  CircuitBreakerRegistry,
  CONSTITUTIONAL_HASH,
  RecoveryConstitutionalError,
  RecoveryOrchestrator,
  RecoveryOrchestratorError,
  type RecoveryOrchestratorOptions,
  RecoveryPolicy,
  RecoveryStrategy,
  RecoveryValidationError,
} from '../../../src/index.js';
import { eventually } from '../eventually.js';

/** What the Recovery Orchestrator document says of the class, wherever it keeps its recoveries. */
export function orchestratorContract(where: () => Partial<RecoveryOrchestratorOptions>): void {
  const made: RecoveryOrchestrator[] = [];
  let services = 0;
  /** What an earlier one has left in the store is not taken up. */
  let names = 0;
  /** Nothing of an earlier test is about it. */
  const fresh = (name = 'policy_service') => `${name}_${++services}`;

  function orchestrator(options: RecoveryOrchestratorOptions = {}): RecoveryOrchestrator {
    const one = new RecoveryOrchestrator({ name: `contract-${++names}`, ...where(), ...options });
    made.push(one);
    return one;
  }

  async function started(options: RecoveryOrchestratorOptions = {}): Promise<RecoveryOrchestrator> {
    const one = orchestrator(options);
    await one.start();
    return one;
  }

  /** Nothing runs until it is opened. */
  function gate() {
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { open: () => open(), opened };
  }

  const quick = (healthCheckFn: () => boolean, maxRetryAttempts = 3) =>
    new RecoveryPolicy({ maxRetryAttempts, initialDelayMs: 1, maxDelayMs: 5, healthCheckFn });

  afterEach(async () => {
    for (const one of made.splice(0)) {
      one.constitutionalHash = CONSTITUTIONAL_HASH;
      await one.stop();
    }
  });

  describe('start and stop', () => {
    test('a second start is refused with RecoveryOrchestratorError', async () => {
      const one = await started();
      await expect(one.start()).rejects.toThrow(RecoveryOrchestratorError);
      expect((await one.getRecoveryStatus()).orchestrator_running).toBe(true);
    });

    test('what is scheduled before start waits for it', async () => {
      const one = orchestrator();
      const service = fresh();
      await one.scheduleRecovery(service);
      expect((await one.getRecoveryStatus()).services[service]?.state).toBe('scheduled');
      await expect(one.executeRecovery(service)).rejects.toThrow(/not running. Call start\(\) first/);
      await one.start();
      expect((await one.executeRecovery(service)).success).toBe(true);
    });

    test('stop cancels all that is active: what runs is told by its signal, what waits does not begin', async () => {
      const heard: string[] = [];
      const one = await started({
        maxConcurrentRecoveries: 1,
        recover: (service, { signal }) =>
          new Promise((_, reject) => {
            heard.push(`${service} runs`);
            signal.addEventListener('abort', () => {
              heard.push(`${service} is told`);
              reject(signal.reason);
            });
          }),
      });
      const [running, waiting] = [fresh(), fresh()];
      await one.scheduleRecovery(running);
      await eventually(() => expect(heard).toEqual([`${running} runs`]));
      await one.scheduleRecovery(waiting);
      const result = expect(one.executeRecovery(waiting)).rejects.toThrow('was stopped');
      await one.stop();
      await result;
      expect(heard).toEqual([`${running} runs`, `${running} is told`]);
      const { services: after } = await one.getRecoveryStatus();
      expect([after[running]?.state, after[waiting]?.state]).toEqual(['cancelled', 'cancelled']);
    });
  });

  describe('scheduleRecovery', () => {
    test('takes places and keywords, in the names of both languages', async () => {
      const one = orchestrator();
      const names = [fresh(), fresh(), fresh(), fresh()] as const;
      const { LINEAR_BACKOFF } = RecoveryStrategy;
      const policy = new RecoveryPolicy({ max_retry_attempts: 7 });
      await one.scheduleRecovery(names[0], LINEAR_BACKOFF, 4, policy);
      await one.scheduleRecovery(names[1], { strategy: LINEAR_BACKOFF, priority: 4, policy });
      await one.scheduleRecovery({ serviceName: names[2], strategy: LINEAR_BACKOFF, priority: 4, policy });
      await one.scheduleRecovery({ service_name: names[3], strategy: LINEAR_BACKOFF, priority: 4, policy });
      const { services: known } = await one.getRecoveryStatus();
      for (const name of names)
        expect(known[name]).toEqual({
          state: 'scheduled',
          strategy: 'linear_backoff',
          priority: 4,
          attempt_count: 0,
          max_attempts: 7,
          scheduled_at: expect.stringMatching(/^\d{4}-.*Z$/),
          last_attempt_at: null,
          next_attempt_at: null,
        });
    });

    test('has the defaults of the document: exponential_backoff, priority 1, five attempts', async () => {
      const one = orchestrator();
      const service = fresh();
      await one.scheduleRecovery(service);
      expect((await one.getRecoveryStatus()).services[service]).toMatchObject({
        strategy: 'exponential_backoff',
        priority: 1,
        max_attempts: 5,
      });
    });

    test('the same request while it is active is that recovery; another strategy is refused, naming it', async () => {
      const one = orchestrator();
      const service = fresh();
      const name = await one.scheduleRecovery(service);
      expect(await one.scheduleRecovery(service)).toBe(name);
      await expect(one.scheduleRecovery(service, { strategy: 'immediate' })).rejects.toThrow(
        new RegExp(`${service} is being recovered by ${name} `),
      );
    });

    test.each([
      [['', {}], /serviceName: "" is not allowed/],
      [['a b', {}], /letters, digits/],
      [['web', { priority: 0 }], /priority: expected a whole number from 1 \(first\) to 10 \(last\)/],
      [['web', { strategy: 'restart' }], /strategy: expected one of exponential_backoff/],
      [['web', { prioriti: 1 }], /prioriti/],
    ])('refuses %j with RecoveryValidationError', async (args, message) => {
      const refused = orchestrator().scheduleRecovery(
        ...(args as Parameters<RecoveryOrchestrator['scheduleRecovery']>),
      );
      await expect(refused).rejects.toThrow(message);
      await expect(refused).rejects.toThrow(RecoveryValidationError);
    });

    test('a lower number is recovered first', async () => {
      const order: string[] = [];
      const { open, opened } = gate();
      const [running, ...others] = [fresh('running'), fresh('background'), fresh('critical'), fresh('important')];
      const [background = '', critical = '', important = ''] = others;
      const recover = async (service: string) => {
        if (service === running) await opened;
        else order.push(service);
      };
      const one = await started({ maxConcurrentRecoveries: 1, recover });
      await one.scheduleRecovery(running);
      const first = one.executeRecovery(running);
      await eventually(async () =>
        expect((await one.getRecoveryStatus()).services[running]?.state).toBe('in_progress'),
      );
      const before = await one.getRecoveryStatus();
      await one.scheduleRecovery(background, { priority: 10 });
      await one.scheduleRecovery(critical, { priority: 1 });
      await one.scheduleRecovery(important, { priority: 5 });
      const { active_recoveries, queued_recoveries } = await one.getRecoveryStatus();
      expect(active_recoveries - before.active_recoveries).toBe(3);
      expect(queued_recoveries - before.queued_recoveries).toBe(3);
      open();
      await first;
      for (const service of others) await one.executeRecovery(service);
      expect(order).toEqual([critical, important, background]);
    });
  });

  describe('executeRecovery', () => {
    test('resolves with the outcome after the attempts that it took', async () => {
      let asked = 0;
      const one = await started();
      const service = fresh();
      await one.scheduleRecovery(service, { policy: quick(() => ++asked === 3) });
      expect(await one.executeRecovery(service)).toMatchObject({
        service_name: service,
        success: true,
        state: 'succeeded',
        attempt_number: 3,
        total_attempts: 3,
        health_check_passed: true,
        error_message: null,
        constitutional_hash: CONSTITUTIONAL_HASH,
      });
    });

    test('FAILED when all retries are exhausted, with the reason', async () => {
      const one = await started();
      const service = fresh();
      await one.scheduleRecovery(service, { strategy: 'immediate', policy: quick(() => false, 2) });
      expect(await one.executeRecovery(service)).toMatchObject({
        success: false,
        state: 'failed',
        attempt_number: 2,
        health_check_passed: false,
        error_message: 'its health check says no',
      });
    });

    test('a health check that throws, and a recovery that throws, fail the attempt and say why', async () => {
      const [ill, broken] = [fresh(), fresh()];
      const one = await started({
        recover(service) {
          if (service === broken) throw new Error('no such container');
        },
      });
      const policy = quick(() => {
        throw new Error('connection refused');
      }, 1);
      await one.scheduleRecovery(ill, { policy });
      expect((await one.executeRecovery(ill)).error_message).toBe('its health check failed: connection refused');
      await one.scheduleRecovery(broken, { policy });
      expect((await one.executeRecovery(broken)).error_message).toBe('no such container');
    });

    test('does not wait for the next attempt', async () => {
      let asked = 0;
      const one = await started();
      const service = fresh();
      const policy = new RecoveryPolicy({ initialDelayMs: 60_000, healthCheckFn: () => ++asked > 1 });
      await one.scheduleRecovery(service, { policy });
      const { next, last } = await eventually(async () => {
        const { [service]: info } = (await one.getRecoveryStatus()).services;
        expect(info).toMatchObject({ state: 'scheduled', attempt_count: 1 });
        return { next: Date.parse(info?.next_attempt_at ?? ''), last: Date.parse(info?.last_attempt_at ?? '') };
      });
      expect(next - last).toBe(60_000);
      expect((await one.executeRecovery(service)).attempt_number).toBe(2);
    });

    test('an attempt that hangs is stopped after its time, and what it says later counts no more', async () => {
      const one = await started({
        attemptTimeoutMs: 200,
        recover: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', reject)),
      });
      const service = fresh();
      await one.scheduleRecovery(service, { policy: new RecoveryPolicy({ maxRetryAttempts: 1 }) });
      expect((await one.executeRecovery(service)).error_message).toMatch(/^no end after 0\.2 s/);
    });

    test('of a service of which nothing is scheduled: RecoveryValidationError', async () => {
      const one = await started();
      await expect(one.executeRecovery('nobody')).rejects.toThrow(RecoveryValidationError);
      await expect(one.executeRecovery('nobody')).rejects.toThrow("Service 'nobody' not found");
    });

    test('MANUAL waits in awaiting_manual; the operator’s action is to execute it', async () => {
      const one = await started();
      const service = fresh();
      await one.scheduleRecovery(service, RecoveryStrategy.MANUAL);
      expect((await one.getRecoveryStatus()).services[service]?.state).toBe('awaiting_manual');
      expect(await one.executeRecovery(service)).toMatchObject({ state: 'succeeded', attempt_number: 1 });
    });
  });

  describe('cancelRecovery', () => {
    test('is true for what is scheduled or runs, and false for what is not found', async () => {
      const { open, opened } = gate();
      const one = await started({ recover: () => opened });
      const service = fresh();
      expect(await one.cancelRecovery(service)).toBe(false);
      await one.scheduleRecovery(service);
      const result = one.executeRecovery(service);
      await eventually(async () =>
        expect((await one.getRecoveryStatus()).services[service]?.state).toBe('in_progress'),
      );
      expect(await one.cancelRecovery(service)).toBe(true);
      open();
      expect(await result).toMatchObject({ success: false, state: 'cancelled' });
      expect(await one.cancelRecovery(service)).toBe(false);
    });
  });

  describe('policies', () => {
    test('a service has its own or the default one', async () => {
      const one = orchestrator({ defaultPolicy: new RecoveryPolicy({ maxRetryAttempts: 10, backoffMultiplier: 1.5 }) });
      const service = fresh('auth_service');
      expect(await one.getRecoveryPolicy(service)).toMatchObject({ maxRetryAttempts: 10, backoffMultiplier: 1.5 });
      await one.setRecoveryPolicy(service, new RecoveryPolicy({ maxRetryAttempts: 3, initialDelayMs: 5_000 }));
      expect(await one.getRecoveryPolicy(service)).toMatchObject({ maxRetryAttempts: 3, initialDelayMs: 5_000 });
      expect((await one.getRecoveryStatus()).services[service]).toMatchObject({ state: 'idle', max_attempts: 3 });
      await one.scheduleRecovery(service);
      expect((await one.getRecoveryStatus()).services[service]).toMatchObject({ state: 'scheduled', max_attempts: 3 });
    });

    test('a health check that was set with the policy decides', async () => {
      const one = await started();
      const service = fresh();
      await one.setRecoveryPolicy(
        service,
        quick(() => false, 1),
      );
      await one.scheduleRecovery(service);
      expect(await one.executeRecovery(service)).toMatchObject({ state: 'failed', health_check_passed: false });
    });
  });

  describe('the constitution', () => {
    test('is validated at start, scheduling, execution and policy setting', async () => {
      const wrong = orchestrator({ constitutionalHash: 'invalid' });
      await expect(wrong.start()).rejects.toThrow(RecoveryConstitutionalError);
      const one = await started();
      await one.scheduleRecovery(fresh(), { strategy: 'manual' });
      one.constitutionalHash = 'invalid';
      const service = fresh();
      await expect(one.scheduleRecovery(service, { priority: 1 })).rejects.toThrow(RecoveryConstitutionalError);
      await expect(one.executeRecovery(service)).rejects.toThrow(RecoveryConstitutionalError);
      await expect(one.setRecoveryPolicy(service, new RecoveryPolicy())).rejects.toThrow(RecoveryConstitutionalError);
      expect((await one.getRecoveryStatus()).services[service]).toBeUndefined();
    });

    test('is validated before every attempt: one that was scheduled under a right hash does not run under a wrong one', async () => {
      let ran = 0;
      const one = await started({
        recover: () => {
          ran += 1;
          one.constitutionalHash = 'invalid';
        },
      });
      const service = fresh();
      const policy = new RecoveryPolicy({ initialDelayMs: 50, healthCheckFn: () => false });
      await one.scheduleRecovery(service, { policy });
      await eventually(async () => expect((await one.getRecoveryStatus()).services[service]?.state).toBe('failed'));
      expect(ran).toBe(1);
      expect((await one.getRecoveryStatus()).recent_history[0]?.error_message).toMatch(
        /constitutional hash is invalid/,
      );
    });
  });

  describe('circuit breakers', () => {
    test('a recovery lets its health check through an open breaker; success closes it', async () => {
      const circuitBreakers = new CircuitBreakerRegistry();
      const service = fresh();
      const breaker = new CircuitBreaker(service, new CircuitBreakerConfig({ failureThreshold: 1 }), circuitBreakers);
      await breaker.call(() => Promise.reject(new Error('down'))).catch(() => undefined);
      const seen: string[] = [];
      const one = await started({ circuitBreakers });
      await one.scheduleRecovery(service, {
        policy: new RecoveryPolicy({
          async healthCheckFn() {
            seen.push((await breaker.getState()).state);
            return true;
          },
        }),
      });
      expect(await one.executeRecovery(service)).toMatchObject({ success: true });
      expect(seen).toEqual(['half_open']);
      expect((await breaker.getState()).state).toBe('closed');
    });

    test('failure opens it again', async () => {
      const circuitBreakers = new CircuitBreakerRegistry();
      const service = fresh();
      const breaker = new CircuitBreaker(service, undefined, circuitBreakers);
      await breaker.open();
      const one = await started({ circuitBreakers });
      await one.scheduleRecovery(service, { policy: quick(() => false, 1) });
      expect(await one.executeRecovery(service)).toMatchObject({ success: false });
      expect((await breaker.getState()).state).toBe('open');
    });
  });

  describe('what it tells', () => {
    test('the status has the fields of the document, and the history the last ten, the latest first', async () => {
      const one = await started();
      const names = Array.from({ length: 11 }, () => fresh());
      const before = await one.getRecoveryStatus();
      for (const name of names) {
        await one.scheduleRecovery(name);
        await one.executeRecovery(name);
      }
      const status = await one.getRecoveryStatus();
      expect(status).toMatchObject({
        constitutional_hash: CONSTITUTIONAL_HASH,
        timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
        orchestrator_running: true,
        active_recoveries: before.active_recoveries,
        queued_recoveries: before.queued_recoveries,
      });
      expect(status.recent_history.map(({ service_name }) => service_name)).toEqual(names.slice(1).reverse());
      expect(status.recent_history[0]).toMatchObject({ state: 'succeeded', elapsed_time_ms: expect.any(Number) });
    });

    test('the log has the lines of the document, each with the constitutional hash', async () => {
      const lines: string[] = [];
      const service = fresh();
      const one = await started({ log: (_level, message) => lines.push(message) });
      await one.scheduleRecovery(service, RecoveryStrategy.EXPONENTIAL_BACKOFF, 1);
      await one.executeRecovery(service);
      // The end is stored, and may be seen, a moment before whoever stored it hears so and tells.
      await eventually(() =>
        expect(lines).toEqual(
          expect.arrayContaining([
            '[cdd01ef066bc6cf2] Recovery Orchestrator initialized',
            `[cdd01ef066bc6cf2] Scheduled recovery for '${service}' with strategy exponential_backoff and priority 1`,
            `[cdd01ef066bc6cf2] Recovery attempt 1/5 for '${service}': SUCCESS`,
          ]),
        ),
      );
    });
  });
}
