import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import { NO_RETRY } from '../../../../src/engine/model/retry-policy.js';
import { type CompileContext, compileRunbook, compileSteps } from '../../../../src/engine/planner/compile.js';
import { longForm, runbookSchema } from '../../../../src/engine/planner/runbook.js';
import { anAction, aService, NO_SNAPSHOTS, ONE_BACKUP } from '../../../support/builders.js';

const redis = aService('redis');
const web = aService('web');

const context: CompileContext = {
  actions: BUILT_IN_ACTIONS,
  backups: ONE_BACKUP,
  snapshots: NO_SNAPSHOTS,
  pools: ['default', 'east'],
  service: redis,
  services: [redis, web],
  runbooks: [],
  params: {},
  incident: { severity: 0.9 },
};

const runbook = (given: object) => runbookSchema.parse({ id: 'redis_outage', ...given });
const compiled = (given: object, over: Partial<CompileContext> = {}) =>
  compileRunbook(runbook(given), { ...context, ...over });
const oneStep = async (step: unknown, over: Partial<CompileContext> = {}) =>
  (await compiled({ steps: [step] }, over)).steps[0];

const runbookStep = (message: string) => ({ ...longForm({ action: 'notify', with: { message } }), name: message });

describe('the short form', () => {
  test('has everything from its action', async () => {
    expect(await oneStep('stop_service: redis')).toEqual({
      id: 'stop_service_1',
      name: 'Stop redis',
      action: 'stop_service',
      actionVersion: 1,
      input: { service: 'redis' },
      stage: 0,
      risk: 0.2,
      timeoutMs: 60_000,
      retry: NO_RETRY,
      onFailure: 'rollback',
      idempotent: false,
      pool: 'default',
      approval: 'auto',
      services: ['redis'],
      line: 'stop_service: redis',
    });
  });

  test('runs one step after the other, each under an id of its own', async () => {
    const { steps } = await compiled({
      steps: ['stop_service: redis', 'restore_backup: redis_backup', 'start_service: redis'],
    });
    expect(steps.map(({ id, stage, services }) => [id, stage, services])).toEqual([
      ['stop_service_1', 0, ['redis']],
      ['restore_backup_2', 1, ['redis']],
      ['start_service_3', 2, ['redis']],
    ]);
  });
});

describe('the long form', () => {
  test('is what its author says', async () => {
    const step = await oneStep({
      id: 'start',
      name: 'Start {{ service.name }}',
      action: 'start_service',
      with: { service: '{{ service.name }}' },
      risk: 'low',
      approval: 'always',
      timeout: '30s',
      retry: { strategy: 'linear_backoff', max_retry_attempts: 3, initial_delay_ms: 10 },
      when: 'incident.severity >= 0.5',
      verify: { action: 'check_health', with: { service: 'redis' } },
      rollback: { action: 'stop_service', with: { service: 'redis' } },
      idempotent: true,
      pool: 'east',
      on_failure: 'stop',
    });
    expect(step).toMatchObject({
      id: 'start',
      name: 'Start redis',
      input: { service: 'redis' },
      risk: 0.1,
      approval: 'always',
      timeoutMs: 30_000,
      retry: { strategy: 'linear_backoff', maxRetryAttempts: 3, initialDelayMs: 10, maxDelayMs: 60_000 },
      when: 'incident.severity >= 0.5',
      verify: { action: 'check_health', input: { service: 'redis' } },
      rollback: { action: 'stop_service', input: { service: 'redis' } },
      idempotent: true,
      pool: 'east',
      onFailure: 'stop',
    });
  });

  test('rollback: none is declared irreversible, and no rollback leaves it to the action', async () => {
    expect(await oneStep({ action: 'stop_service', with: { service: 'redis' }, rollback: 'none' })).toHaveProperty(
      'rollback',
      null,
    );
    expect(await oneStep({ action: 'stop_service', with: { service: 'redis' } })).not.toHaveProperty('rollback');
  });

  test('claims what its rollback touches too', async () => {
    const rollback = { action: 'start_service', with: { service: 'web' } };
    expect(await oneStep({ action: 'stop_service', with: { service: 'redis' }, rollback })).toMatchObject({
      services: ['redis', 'web'],
    });
  });

  test('ask always waits for a person, whatever its author says', async () => {
    const ask = { action: 'ask', with: { question: 'Is the disk replaced?' }, approval: 'never' };
    expect(await oneStep(ask)).toMatchObject({ approval: 'always' });
  });
});

describe('the risk of a step', () => {
  test.each([
    ['low', 0.4],
    ['high', 0.7],
    [undefined, 0.4],
  ] as const)('that restores data is at least medium, also when declared %p', async (risk, expected) => {
    const step = { action: 'restore_backup', with: { backup: 'redis_backup' }, ...(risk && { risk }) };
    expect(await oneStep(step)).toMatchObject({ risk: expected });
  });

  test('of an action that restores data is at least medium, also when the action itself says less', async () => {
    const actions = new Map([['restore_files', anAction('restore_files', { risk: 0.1 })]]);
    expect(await oneStep('restore_files: redis', { actions })).toMatchObject({ risk: 0.4 });
  });

  test('is computed from the input where the action does so', async () => {
    const actions = new Map([
      ['scale', anAction('scale', { risk: (input) => (input.service === 'redis' ? 0.6 : 0.1) })],
    ]);
    expect(await oneStep('scale: redis', { actions })).toMatchObject({ risk: 0.6 });
  });
});

describe('a verify that acts', () => {
  const verify = { action: 'restart_service', with: { service: 'web' } };

  test('counts for the risk of its step, and claims what it touches', async () => {
    const step = await oneStep({ action: 'check_health', with: { service: 'redis' }, verify });
    expect(step).toMatchObject({ risk: 0.2, services: ['redis', 'web'] });
  });

  test('is medium at least when it restores data, whatever its author says', async () => {
    const restoring = { action: 'restore_backup', with: { backup: 'redis_backup' } };
    expect(
      (await oneStep({ action: 'check_health', with: { service: 'redis' }, risk: 'low', verify: restoring }))?.risk,
    ).toBe(0.4);
  });
});

test('what was filled in elsewhere is text: nobody sends a template into an undo', async () => {
  const message = '{{ service.name }} {% for i in (1..9) %}';
  const [step] = await compileSteps([runbookStep(message)], { ...context, literal: true }, 'undo of R-1');
  expect(step).toMatchObject({ name: message, input: { message } });
});

test('a secret in the title of a step goes no further', async () => {
  expect((await oneStep({ action: 'notify', with: { message: 'password=hunter2' } }))?.name).not.toContain('hunter2');
});

describe('parameters', () => {
  const params = {
    backup: { type: 'string', default: 'redis_backup' },
    by: { type: 'number', default: 2 },
    hard: { type: 'boolean', default: false },
    size: { enum: ['small', 'large'], default: 'small' },
  };
  const resolved = async (given: JsonObject) =>
    (await compiled({ params, steps: ['restore_backup: {{ params.backup }}'] }, { params: given })).params;

  test('have their defaults, and reach the steps', async () => {
    const { params: all, steps } = await compiled({ params, steps: ['restore_backup: {{ params.backup }}'] });
    expect(all).toEqual({ backup: 'redis_backup', by: 2, hard: false, size: 'small' });
    expect(steps[0]).toMatchObject({ input: { backup: 'redis_backup-20261122T041500' } });
  });

  test('are read as their type, since people type text', async () => {
    expect(await resolved({ by: '3', hard: 'true', size: 'large' })).toMatchObject({
      by: 3,
      hard: true,
      size: 'large',
    });
  });

  test.each<[JsonObject, string]>([
    [
      { bakup: 'x' },
      'redis_outage: parameter bakup: "x" is not allowed; expected one of the parameters backup, by, hard, size.',
    ],
    [{ backup: '' }, 'redis_outage: parameter backup must not be empty.'],
    [{ size: '' }, 'redis_outage: parameter size must not be empty. Known: small, large.'],
    [{ size: 'huge' }, 'redis_outage: parameter size: "huge" is not allowed; expected one of small, large.'],
    [{ by: 'many' }, 'redis_outage: parameter by: "many" is not allowed; expected a number.'],
    [{ by: ' ' }, 'redis_outage: parameter by: " " is not allowed; expected a number.'],
    [{ by: true }, 'redis_outage: parameter by: true is not allowed; expected a number.'],
    [{ by: [] }, 'redis_outage: parameter by: [] is not allowed; expected a number.'],
    [{ hard: 'yes' }, 'redis_outage: parameter hard: "yes" is not allowed; expected a boolean.'],
    [{ backup: { a: 1 } }, 'redis_outage: parameter backup: {"a":1} is not allowed; expected a string.'],
  ])('%j is refused', async (given, message) => {
    await expect(resolved(given)).rejects.toThrow(message);
  });

  test('of a runbook that has none are refused', async () => {
    await expect(compiled({ steps: ['stop_service: redis'] }, { params: { x: 1 } })).rejects.toThrow(
      'redis_outage: parameter x: 1 is not allowed; expected no parameters, since this runbook has none.',
    );
  });
});

describe('a bad step is one error that names the step, the field, the value and what is allowed', () => {
  const stop = { action: 'stop_service', with: { service: 'redis' } };
  test.each<[string, unknown, string]>([
    [
      'unknown action',
      'stop_servce: redis',
      'redis_outage.steps[0]: "stop_servce" is not allowed; expected an action: did you mean stop_service?',
    ],
    [
      'unknown action in the long form',
      { action: 'stop' },
      'redis_outage.steps[0]: "stop" is not allowed; expected an action: did you mean stop_service?',
    ],
    [
      'unknown field',
      { ...stop, with: { servce: 'redis' } },
      'redis_outage.steps[0].servce: "redis" is not allowed; expected one of the fields service; did you mean service?.',
    ],
    [
      'missing field',
      { action: 'stop_service' },
      'redis_outage.steps[0].service: missing is not allowed; expected the name of a service.',
    ],
    [
      'unknown service',
      'stop_service: rediss',
      'redis_outage.steps[0]: "rediss" is not allowed; expected a service of the configuration: did you mean redis? Known: redis, web.',
    ],
    [
      'unknown pool',
      { ...stop, pool: 'west' },
      'redis_outage.steps[0].pool: "west" is not allowed; expected one of default, east.',
    ],
    [
      'bad timeout',
      { ...stop, timeout: 'soon' },
      'redis_outage.steps[0].timeout: "soon" is not allowed; expected a duration such as',
    ],
    [
      'no time at all',
      { ...stop, timeout: 0 },
      'redis_outage.steps[0].timeout: 0 is not allowed; expected a duration of more than 0 and at most 24h.',
    ],
    [
      'a timeout that no timer can hold',
      { ...stop, timeout: '30d' },
      'redis_outage.steps[0].timeout: "30d" is not allowed; expected a duration of more than 0 and at most 24h.',
    ],
    [
      'bad retry',
      { ...stop, retry: { max_retry_attempts: 0 } },
      'redis_outage.steps[0].retry.max_retry_attempts: 0 is not allowed; expected a whole number of at least 1.',
    ],
    [
      'bad condition',
      { ...stop, when: 'severity >=' },
      'redis_outage.steps[0].when: "severity >=" is not allowed; expected a CEL condition',
    ],
    [
      'bad template',
      { ...stop, name: '{{ service.nme }}' },
      'redis_outage.steps[0].name: "{{ service.nme }}" is not allowed; expected a template over service, params and incident',
    ],
    [
      'bad verify',
      { ...stop, verify: { action: 'chek_health' } },
      'redis_outage.steps[0].verify: "chek_health" is not allowed; expected an action: did you mean check_health?',
    ],
    [
      'bad rollback',
      { ...stop, rollback: { action: 'start_service' } },
      'redis_outage.steps[0].rollback.service: missing is not allowed',
    ],
  ])('%s', async (_, step, message) => {
    await expect(oneStep(step)).rejects.toThrow(message);
  });

  test('an id that is used twice', async () => {
    const steps = [
      { ...stop, id: 'same' },
      { ...stop, id: 'same' },
    ];
    await expect(compiled({ steps })).rejects.toThrow(
      'redis_outage.steps: "same" is not allowed; expected ids that are unique in the runbook.',
    );
  });
});

test('what a name stands for is pinned when the plan is made, and where it stands for nothing the plan is refused', async () => {
  const restore = 'restore_backup: redis_backup';
  expect(await oneStep(restore)).toMatchObject({
    name: 'Restore backup redis_backup of 2026-11-22 12:00 UTC (1,204 keys; never restored for a test)',
    input: { backup: 'redis_backup-20261122T041500' },
    services: ['redis'],
  });
  const empty = { ...ONE_BACKUP, list: async () => [] };
  await expect(oneStep(restore, { backups: empty })).rejects.toMatchObject({
    code: 'conflict',
    message: 'There is no complete backup redis_backup yet; nothing was touched.',
  });
});

test("what a custom action's schema makes of its input is what the step has", async () => {
  const input = z.strictObject({ service: z.string(), keep: z.number().default(3) });
  const actions = new Map([['trim', anAction('trim', { input })]]);
  const [step] = await compileSteps(['trim: redis'], { ...context, actions }, 'x');
  expect(step?.input).toEqual({ service: 'redis', keep: 3 });
});
