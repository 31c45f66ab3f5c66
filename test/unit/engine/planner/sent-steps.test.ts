import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import { checkAliases, type SentPorts, sentCalls } from '../../../../src/engine/planner/sent-steps.js';
import { aPlan, aPlannedStep, aService, ONE_BACKUP } from '../../../support/builders.js';

const ports: SentPorts = {
  actions: BUILT_IN_ACTIONS,
  backups: ONE_BACKUP,
  services: () => [aService('redis'), aService('web')],
  stepAliases: new Map([['scale-out deployment', { action: 'scale_service', input: { service: 'web', by: 1 } }]]),
};
const JSON_LINE = '{"action":"run_command","with":{"command":["id"]}}';
const run = aPlannedStep('run', { action: 'run_command', input: { command: ['id'] }, pool: 'east' });

describe('lines that a program sends', () => {
  test('are names of step_aliases, under that name', () => {
    expect(sentCalls([' scale-out deployment '], undefined, ports)).toEqual([
      {
        action: 'scale_service',
        input: { service: 'web', by: 1 },
        name: 'scale-out deployment',
        line: 'scale-out deployment',
        pool: 'default',
        services: ['web'],
      },
    ]);
  });

  test('are steps in the short form, and touch what those touch', () => {
    expect(sentCalls(['restore_backup: redis_backup'], undefined, ports)).toEqual([
      {
        action: 'restore_backup',
        input: { backup: 'redis_backup' },
        line: 'restore_backup: redis_backup',
        pool: 'default',
        services: ['redis'],
      },
    ]);
  });

  test('are JSON as the plan has it, and no other', () => {
    const plan = aPlan({ steps: [run], lines: [JSON_LINE] });
    expect(sentCalls([JSON_LINE], plan, ports)).toMatchObject([{ input: { command: ['id'] }, pool: 'east' }]);
    expect(() => sentCalls([JSON_LINE.replace('id', 'reboot')], plan, ports)).toThrow(/^steps\[0\]: .*JSON only where/);
    expect(() => sentCalls([JSON_LINE], undefined, ports)).toThrow(/JSON only where/);
  });

  test('are refused as JSON that stands for two calls, since a secret that is not shown tells them apart', () => {
    const other = { ...run, input: { command: ['other'] } };
    const plan = aPlan({ steps: [run, other], lines: [JSON_LINE, JSON_LINE] });
    expect(() => sentCalls([JSON_LINE], plan, ports)).toThrow(/JSON only where/);
  });

  test.each([
    ['fly: away', 'steps[1]: "fly: away" is not allowed'],
    ['stop_servce: web', 'Did you mean "stop_service: web"?'],
    ['scale-out deploymen', 'Did you mean "scale-out deployment"?'],
    ['stop_service: wbe', 'a service of the configuration'],
    ['run_command: id', 'the long form'],
    ['constructor', 'an action with its object'],
    ['__proto__: x', 'an action with its object'],
    ['stop_service:', 'steps[1].service'],
    ['{{ service.name }}', 'JSON only where'],
    ['step password=hunter2', 'password=•••'],
  ])('%s is refused by its place and name', (line, says) => {
    expect(() => sentCalls(['stop_service: web', line], undefined, ports)).toThrow(says);
  });

  test('are not filled: what looks like a template is text', () => {
    expect(sentCalls(['notify: {{ service.name }}'], undefined, ports)).toMatchObject([
      { input: { message: '{{ service.name }}' } },
    ]);
  });
});

describe('step_aliases', () => {
  const check = (alias: string, call: { action: string; input: object }) => () =>
    checkAliases({ ...ports, stepAliases: new Map([[alias, { ...call, input: { ...call.input } }]]) });
  const stop = { action: 'stop_service', input: { service: 'web' } };

  test('are fine', () => {
    expect(check('halt the web', stop)).not.toThrow();
  });

  test.each([
    ['halt', { ...stop, action: 'stop_servce' }, /step_aliases\.halt: .*Did you mean stop_service\?/],
    ['halt', { ...stop, input: { servce: 'web' } }, /step_aliases\.halt\.servce/],
    ['stop_service: web', stop, /a name that is no step by itself/],
    [' halt', stop, /without blanks around it/],
    ['{"a":1}', stop, /a name that is no step by itself/],
  ])('"%s" is refused at the start', (alias, call, says) => {
    expect(check(alias, call)).toThrow(says);
  });
});
