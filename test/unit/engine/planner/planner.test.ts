import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import { whatChanged } from '../../../../src/engine/approvals/what-changed.js';
import { withoutRules } from '../../../../src/engine/constitution/constitution.js';
import type { RecoverRequest } from '../../../../src/engine/engine.js';
import { NOTHING_KNOWN } from '../../../../src/engine/knowledge/look.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import type { HealthCheck, Service } from '../../../../src/engine/model/service.js';
import { planDigest } from '../../../../src/engine/planner/digest.js';
import type { PastOutcome } from '../../../../src/engine/planner/evidence.js';
import type { Freeze } from '../../../../src/engine/planner/freeze/freeze.js';
import { createPlanner, type PlannerPorts } from '../../../../src/engine/planner/planner.js';
import { DEFAULT_POLICY } from '../../../../src/engine/planner/policy.js';
import { runbookSchema } from '../../../../src/engine/planner/runbook.js';
import { STRATEGIES } from '../../../../src/engine/planner/strategies/strategies.js';
import { sameRequest } from '../../../../src/engine/use-cases/same-request.js';
import { anAction, aRecovery, aService, at, NO_SNAPSHOTS, ONE_BACKUP, T0 } from '../../../support/builders.js';

const PING: HealthCheck = { type: 'redis', url: 'redis://127.0.0.1:6380', intervalMs: 1, timeoutMs: 1, failures: 1 };
const ANN = { name: 'Ann', roles: ['responder'] };

const redis = aService('redis', { health: [PING], recoveryStrategies: ['restart', 'recreate'] });
const web = aService('web', { dependsOn: ['redis'], recoveryStrategies: [] });

function runbook(id: string, over: object = {}) {
  return runbookSchema.parse({
    id,
    description: `Plan ${id}`,
    match: { services: ['redis'] },
    steps: ['stop_service: redis', 'start_service: redis'],
    ...over,
  });
}
const outage = runbook('redis_outage');
const unmatched = runbook('other', { match: {} });

function planner(over: Partial<PlannerPorts> = {}) {
  return createPlanner({
    services: () => [redis, web],
    runbooks: [outage],
    strategies: STRATEGIES,
    actions: BUILT_IN_ACTIONS,
    backups: ONE_BACKUP,
    snapshots: NO_SNAPSHOTS,
    pools: ['default', 'east'],
    policy: DEFAULT_POLICY,
    constitution: withoutRules('cdd01ef066bc6cf2'),
    past: async () => [],
    look: async () => NOTHING_KNOWN,
    proofs: async () => undefined,
    unhealthy: async () => new Set(),
    observe: async (services) =>
      services.map((service) => ({ service, runtime: 'process', status: 'running', facts: {} })),
    now: () => T0,
    ...over,
  });
}
const planned = (request: Partial<RecoverRequest> = {}, over: Partial<PlannerPorts> = {}, incident?: JsonObject) =>
  planner(over)({ service: 'redis', ...request }, ANN, incident);

const past = (id: number, kind: PastOutcome['kind'], name: string, succeeded: boolean): PastOutcome => ({
  id,
  kind,
  name,
  succeeded,
  activeMs: 12_000,
  endedAt: at(-1_000),
});

describe('chosen is', () => {
  const named = async (request: Partial<RecoverRequest>, over: Partial<PlannerPorts> = {}) =>
    (await planned(request, over)).name;
  const beforeRestart = {
    past: async () => [past(1, 'strategy', 'restart', true), past(2, 'runbook', 'redis_outage', false)],
  };

  test('the runbook that a person names, matching or not, before a strategy that is named too', async () => {
    expect(await named({ runbook: 'other', strategy: 'restart' }, { runbooks: [outage, unmatched] })).toBe('other');
  });

  test('the strategy that a person names, before every runbook', async () => {
    expect(await named({ strategy: 'recreate' })).toBe('recreate');
  });

  test('a strategy that a person names, also when it is not one of the service’s', async () => {
    expect((await planner()({ service: 'web', strategy: 'restart' }, ANN)).name).toBe('restart');
  });

  test('else a matching runbook before a strategy, however well that worked', async () => {
    expect(await named({}, beforeRestart)).toBe('redis_outage');
  });

  test('of several runbooks the one that worked', async () => {
    const runbooks = [outage, runbook('second'), runbook('third')];
    const history = [past(1, 'runbook', 'redis_outage', false), past(2, 'runbook', 'second', true)];
    const plan = await planned({}, { runbooks, past: async () => history });
    expect(plan.name).toBe('second');
    expect(plan.alternatives).toEqual([
      { kind: 'runbook', name: 'third', reason: 'no history', whyNot: 'not tried yet, and second worked' },
      {
        kind: 'runbook',
        name: 'redis_outage',
        reason: '0 of 1 for redis',
        whyNot: 'worked less often: 0 of 1',
      },
      {
        kind: 'strategy',
        name: 'restart',
        reason: 'no history',
        whyNot: 'a runbook that fits goes before a strategy',
      },
    ]);
  });

  test('the first in the configuration when nothing is known', async () => {
    expect(await named({}, { runbooks: [] })).toBe('restart');
  });

  test('a strategy when no runbook matches', async () =>
    expect(await named({}, { runbooks: [unmatched] })).toBe('restart'));
});

describe('no plan', () => {
  test('when no runbook matches and recovery_strategies is empty; the message says how to mend it', async () => {
    await expect(planner()({ service: 'web' }, ANN)).rejects.toThrow(
      'There is no plan for web: no runbook matches it and it has no strategy that process can do. Nothing was done. ' +
        'Add "match: { services: [web] }" to a runbook, or "recovery_strategies: [restart]" to the service. ' +
        'A new runbook: reviver runbook new web_down --service web --action restart_service',
    );
  });

  test('for a strategy that the runtime cannot do', async () => {
    const unit = aService('unit', { runtime: 'systemd', recoveryStrategies: ['scale_up'] });
    await expect(planner({ services: () => [unit] })({ service: 'unit' }, ANN)).rejects.toThrow(
      /^There is no plan for unit/,
    );
    await expect(planner({ services: () => [unit] })({ service: 'unit', strategy: 'scale_up' }, ANN)).rejects.toThrow(
      /cannot be done for unit \(systemd\)/,
    );
  });

  test.each<[Partial<RecoverRequest>, string]>([
    [{ service: 'rediss' }, 'No service "rediss". Did you mean redis?'],
    [{ runbook: 'redis_outrage' }, 'No runbook "redis_outrage". Did you mean redis_outage?'],
    [
      { strategy: 'restart', params: { hard: true } },
      'restart: parameter hard: true is not allowed; expected no parameters, since a strategy has none.',
    ],
    [
      { params: { x: 1 } },
      'redis_outage: parameter x: 1 is not allowed; expected no parameters, since this runbook has none.',
    ],
  ])('for %j', async (request, message) => {
    await expect(planned(request)).rejects.toThrow(message);
  });
});

describe('the verification', () => {
  const stepsOf = async (last: unknown, service = redis) => {
    const runbooks = [runbook('redis_outage', { steps: ['stop_service: redis', last] })];
    return (await planned({}, { runbooks, services: () => [service, web] })).steps;
  };
  const check = { action: 'check_health', with: { service: 'redis' } };
  const added = {
    id: 'verify',
    name: 'Verify redis',
    action: 'check_health',
    input: { service: 'redis' },
    stage: 2,
    approval: 'never',
  };

  test('is a step of its own, behind all others, as the action makes it of its input', async () => {
    const input = z.strictObject({ service: z.string(), within: z.string().default('45s') });
    const actions = new Map(BUILT_IN_ACTIONS).set(
      'check_health',
      anAction('check_health', { version: 7, input, risk: 0, idempotent: true }),
    );
    const { steps } = await planned({}, { actions });
    expect(steps).toHaveLength(3);
    expect(steps[2]).toMatchObject({
      ...added,
      actionVersion: 7,
      input: { service: 'redis', within: '45s' },
      onFailure: 'rollback',
      idempotent: true,
      risk: 0,
      services: ['redis'],
      timeoutMs: 60_000,
    });
  });

  test('is not added when the last step is that very check', async () => expect(await stepsOf(check)).toHaveLength(2));

  test.each<[string, unknown]>([
    ['checks another service', { ...check, with: { service: 'web' } }],
    ['may be skipped', { ...check, when: 'incident.severity > 0.5' }],
    ['may fail without consequence', { ...check, on_failure: 'continue' }],
    ['is no check', 'start_service: redis'],
  ])('is added when the last step %s', async (_, last) => {
    expect((await stepsOf(last)).at(-1)).toMatchObject(added);
  });

  test('is not added without a health check: the plan then can only end unverified', async () => {
    const blind = aService('redis', { recoveryStrategies: ['restart'] });
    expect(await stepsOf('start_service: redis', blind)).toHaveLength(2);
    expect((await planned({}, { services: () => [blind, web] })).verified).toBe(false);
    expect((await planned()).verified).toBe(true);
  });

  test("finds an id that is free, and runs where the last step's pool is", async () => {
    const steps = await stepsOf({ ...check, id: 'verify', action: 'start_service', pool: 'east' });
    expect(steps.at(-1)).toMatchObject({ id: 'reviver_verify', pool: 'east' });
  });
});

describe('a plan', () => {
  test('says why, with the evidence of this very runbook', async () => {
    const history = [past(33, 'runbook', 'redis_outage', true), past(32, 'runbook', 'redis_outage', false)];
    expect((await planned({}, { past: async () => history })).explanation).toBe(
      'worked 1 of 2 times for redis, median 12.0 s, last R-33',
    );
  });

  test('carries its targets as they were seen, each once, and the digest over all of it', async () => {
    const plan = await planned();
    expect(plan.targets).toEqual([{ service: 'redis', runtime: 'process', status: 'running', facts: {} }]);
    expect(planDigest(plan, plan.steps)).toBe(plan.digest);
  });

  test('observes every service that its steps touch', async () => {
    const both = runbook('both', { steps: ['stop_service: web', 'restart_service: redis', 'start_service: web'] });
    expect((await planned({}, { runbooks: [both] })).targets.map(({ service }) => service)).toEqual(['redis', 'web']);
  });

  test('is decided on by its riskiest step: a declared risk is reported, and lowers nothing', async () => {
    const restoring = runbook('restoring', {
      risk: 0.1,
      steps: ['stop_service: redis', 'restore_backup: redis_backup', 'start_service: redis'],
    });
    expect(await planned({}, { runbooks: [restoring] })).toMatchObject({
      riskScore: 0.1,
      risk: 0.42,
      riskReasons: ['restores data', 'web depends on it'],
      policy: { need: 1, role: 'approver', rule: 'risk < 0.7' },
    });
  });

  test('knows its parameters with their defaults, since conditions may ask for them', async () => {
    const withParams = runbook('p', {
      params: { backup: { default: 'redis_backup' }, to: {} },
      steps: ['stop_service: redis'],
    });
    const plan = await planned({ params: { to: 'b' } }, { runbooks: [withParams] });
    expect(plan.params).toEqual({ backup: 'redis_backup', to: 'b' });
  });

  test('knows its incident, which a person’s own request need not have', async () => {
    expect((await planned({}, {}, { id: 3, title: 'RedisDown', severity: 0.9 })).incident).toEqual({
      id: 3,
      title: 'RedisDown',
      severity: 0.9,
    });
    expect((await planned()).incident).toEqual({ title: '', severity: 0 });
  });

  test('is the same one for the same data', async () => {
    expect(await planned()).toEqual(await planned());
  });

  test('changes its digest with a target, a parameter or the constitution', async () => {
    const stopped: Partial<PlannerPorts> = {
      observe: async () => [{ service: 'redis', runtime: 'process', status: 'stopped', facts: {} }],
    };
    const digests = await Promise.all([
      planned(),
      planned({}, stopped),
      planned({}, { constitution: withoutRules('other') }),
      planned({ strategy: 'restart' }),
    ]);
    expect(new Set(digests.map(({ digest }) => digest)).size).toBe(4);
  });
});

describe('what cannot be done now is left out, and the explanation says why', () => {
  const web = (recoveryStrategies: string[]) =>
    aService('web', { runtime: 'docker', health: [PING], recoveryStrategies, maxRecoveryAttempts: 3 });
  const being = (status: string) => ({
    observe: async (services: string[]) =>
      services.map((service) => ({ service, runtime: 'docker', status, facts: {} })),
  });
  const plan = (strategies: string[], status: string, request: Partial<RecoverRequest> = {}) =>
    planned({ service: 'web', ...request }, { services: () => [web(strategies)], runbooks: [], ...being(status) });
  const actions = ({ steps }: { steps: { action: string }[] }) => steps.map(({ action }) => action);

  test('a rung of hybrid, such as rollback without a snapshot', async () => {
    const made = await plan(['rollback', 'restart', 'recreate', 'hybrid'], 'running', { strategy: 'hybrid' });
    expect(actions(made)).toEqual(['restart_service', 'check_health', 'recreate_service', 'check_health']);
    expect(made.explanation).toBe('no history for web yet; left out: rollback (There is no whole snapshot of web)');
  });

  test('all rungs but one: that one is the plan', async () => {
    const made = await plan(['rollback', 'restart', 'hybrid'], 'running', { strategy: 'hybrid' });
    expect(actions(made)).toEqual(['restart_service', 'check_health']);
  });

  test('all rungs: there is no plan, and each is named', async () => {
    await expect(plan(['rollback', 'restart', 'hybrid'], 'missing', { strategy: 'hybrid' })).rejects.toThrow(
      'None of its strategies can be done for web now: rollback (There is no whole snapshot of web), restart (there is no container web).',
    );
  });

  test('a strategy that nobody named: the next one is the plan', async () => {
    const made = await plan(['rollback', 'restart'], 'running');
    expect(made).toMatchObject({
      name: 'restart',
      explanation: 'no history for web yet; left out: rollback (There is no whole snapshot of web)',
      alternatives: [
        { kind: 'strategy', name: 'rollback', reason: expect.stringMatching(/^not possible: There is no/) },
      ],
    });
  });

  test('a restart of a container that somebody removed', async () => {
    await expect(plan(['restart', 'recreate'], 'missing')).rejects.toThrow(
      'Nothing can be done for web now: restart (there is no container web), recreate (there is no container web). Nothing was changed.',
    );
    expect((await plan(['restart'], 'missing', { strategy: 'restart' })).name).toBe('restart');
    expect((await plan(['restart'], 'unknown')).name).toBe('restart');
  });

  test('a strategy that a person named is not replaced: the refusal says what is missing', async () => {
    await expect(plan(['rollback', 'restart'], 'running', { strategy: 'rollback' })).rejects.toMatchObject({
      code: 'conflict',
      message: 'There is no whole snapshot of web. Nothing was changed.',
    });
  });
});

describe('how long all of it may take', () => {
  const request: RecoverRequest = { service: 'redis' };
  const planOf = (over: object) => planner({ runbooks: [runbook('redis_outage', over)] })(request, ANN);

  test('is what its runbook says, and part of what is approved', async () => {
    const [plain, patient] = [await planOf({}), await planOf({ recovery_timeout: '45m' })];
    expect(plain.timeoutMs).toBeUndefined();
    expect(patient.timeoutMs).toBe(45 * 60_000);
    expect(patient.digest).not.toBe(plain.digest);
    expect(planDigest({ ...patient, timeoutMs: 46 * 60_000 }, patient.steps)).not.toBe(patient.digest);
  });

  test('is refused where it cannot be', async () => {
    await expect(planOf({ recovery_timeout: '2d' })).rejects.toThrow(
      'redis_outage.recovery_timeout: "2d" is not allowed; expected a duration of more than 0 and at most 24h.',
    );
  });
});

describe('with state_backup_enabled', () => {
  const careful = { ...redis, stateBackup: true };
  const stepsOf = async (over: object, service: Service = careful) => {
    const plan = await planned({}, { services: () => [service, web], runbooks: [runbook('redis_outage', over)] });
    return plan.steps.map(({ id, stage }) => `${stage} ${id}`);
  };
  const risky = { steps: [{ action: 'restart_service', with: { service: 'redis' }, risk: 'medium' }] };

  test('the state is kept before a plan of medium risk', async () => {
    expect(await stepsOf(risky)).toEqual(['0 state_backup', '1 restart_service_1', '2 verify']);
    expect(await stepsOf(risky, redis)).toEqual(['0 restart_service_1', '1 verify']);
  });

  test('a snapshot that fails stops nothing, and is nothing to undo', async () => {
    const plan = await planned({}, { services: () => [careful, web], runbooks: [runbook('redis_outage', risky)] });
    expect(plan.steps[0]).toMatchObject({
      onFailure: 'continue',
      rollback: null,
      approval: 'never',
      services: ['redis'],
    });
  });

  test('a plan of low risk, and one that keeps the state itself, stay as they are', async () => {
    expect(await stepsOf({ steps: ['restart_service: redis'] })).not.toContain('0 state_backup');
    const own = { steps: ['take_snapshot: redis', ...risky.steps] };
    expect(await stepsOf(own)).toEqual(['0 take_snapshot_1', '1 restart_service_2', '2 verify']);
  });
});

describe('what the moment makes of the risk', () => {
  const SALE: Freeze = {
    name: 'Black Friday',
    raise: 0.7,
    timeZone: 'UTC',
    window: { kind: 'once', from: +T0 - 60_000, to: +T0 + 3_600_000 },
  };
  const frozen = (freezes: Freeze[]) => ({
    ...DEFAULT_POLICY,
    raises: { ...DEFAULT_POLICY.raises, freezes },
  });

  test('is said in one line, decides how many must agree, and is in the digest', async () => {
    const calmly = await planned();
    const frantically = await planned({}, { policy: frozen([SALE]), proofs: async () => [] });
    expect(calmly).toMatchObject({ risk: 0.22, riskReasons: ['web depends on it'], policy: { need: 0 } });
    expect(frantically).toMatchObject({
      risk: 0.7,
      riskReasons: ['freeze "Black Friday" until 2026-11-22 13:00 UTC', 'web depends on it', 'never proven'],
      circumstances: { dependents: ['web'], daysSinceProven: null },
      policy: { need: 2 },
    });
    expect(frantically.digest).not.toBe(calmly.digest);
    expect(whatChanged(calmly, frantically)).toBe('its risk was 0.22, now it is 0.7');
  });

  test('is not in the digest as long as it changes neither risk nor rule: a day without proof asks nobody anew', async () => {
    const provenDaysAgo = (days: number) =>
      planned({}, { proofs: async () => [{ kind: 'runbook', name: 'redis_outage', at: at(-days * 86_400_000) }] });
    const [one, other] = [await provenDaysAgo(3), await provenDaysAgo(4)];
    expect([one.circumstances?.daysSinceProven, other.circumstances?.daysSinceProven]).toEqual([3, 4]);
    expect(one.digest).toBe(other.digest);
  });

  test('a strategy that was never tried is not riskier for it', async () => {
    const plan = await planned({ strategy: 'restart' }, { proofs: async () => [] });
    expect(plan.circumstances).toMatchObject({ daysSinceProven: null });
    expect(plan.riskReasons).not.toContain('never proven');
  });

  test('counts failures of this plan on this service within seven days', async () => {
    const failed = (id: number, name: string, daysAgo: number) => ({
      ...past(id, 'runbook', name, false),
      endedAt: at(-daysAgo * 86_400_000),
    });
    const outcomes = [failed(3, 'redis_outage', 1), failed(2, 'redis_outage', 8), failed(1, 'other', 1)];
    const plan = await planned({ runbook: 'redis_outage' }, { past: async () => outcomes });
    expect(plan.circumstances?.recentFailures).toBe(1);
  });
});

describe('steps that were sent', () => {
  const calls = [
    {
      action: 'restore_backup',
      input: { backup: 'redis_backup' },
      pool: 'default',
      line: 'restore_backup: redis_backup',
    },
    {
      action: 'restart_service',
      input: { service: 'redis' },
      pool: 'default',
      line: 'give it a kick',
      name: 'give it a kick',
    },
  ];
  const sent = (over: Partial<PlannerPorts> = {}) => planned({ steps: { name: 'two', calls, sent: true } }, over);

  test('are followed by a look at the health of their service, and by nothing else', async () => {
    const { kind, verified, steps, lines } = await sent();
    expect([kind, verified]).toEqual(['sent', true]);
    expect(steps.map(({ action, onFailure }) => [action, onFailure])).toEqual([
      ['restore_backup', 'rollback'],
      ['restart_service', 'rollback'],
      ['check_health', 'rollback'],
    ]);
    expect(lines).toEqual(['restore_backup: redis_backup', 'give it a kick', null]);
  });

  test('are the same plan when they are asked for again', async () => {
    const plan = await sent();
    const request = sameRequest(aRecovery({ plan, service: 'redis' }));
    expect(await planner()(request, ANN)).toEqual(plan);
  });

  test('are kept apart from the state that is kept before them', async () => {
    const keeping = { ...redis, stateBackup: true };
    const over = { services: () => [keeping, web] };
    const plan = await sent(over);
    expect(plan.steps.map(({ action }) => action)[0]).toBe('take_snapshot');
    expect(plan.lines).toEqual([null, 'restore_backup: redis_backup', 'give it a kick', null]);
    expect((await planner(over)(sameRequest(aRecovery({ plan, service: 'redis' })), ANN)).digest).toBe(plan.digest);
  });

  test('have their risk from their actions', async () => {
    expect(await sent()).toMatchObject({ risk: 0.42, policy: { need: 1 } });
  });
});

test('the lines of a plan are its steps as their author would write them, whatever they were bound to', async () => {
  const restore = runbook('redis_outage', { steps: ['stop_service: redis', 'restore_backup: redis_backup'] });
  const { lines, steps } = await planned({ runbook: 'redis_outage' }, { runbooks: [restore] });
  expect(lines).toEqual(['stop_service: redis', 'restore_backup: redis_backup', null]);
  expect(steps[1]?.input).toEqual({ backup: 'redis_backup-20261122T041500' });
  expect(steps.some((step) => 'line' in step)).toBe(false);
});
