import { describe, expect, test } from '@jest/globals';
import { createActions } from '../../../../src/engine/actions/actions.js';
import { parseInput } from '../../../../src/engine/actions/parse-input.js';
import { parseShortStep } from '../../../../src/engine/actions/short-step.js';
import { stopService } from '../../../../src/engine/actions/stop-service.js';

const actions = createActions();

describe('the short form of a step', () => {
  test.each([
    ['stop_service: redis', 'stop_service', { service: 'redis' }],
    ['  restore_backup :redis_backup ', 'restore_backup', { backup: 'redis_backup' }],
    ['notify: Heads up: redis is down', 'notify', { message: 'Heads up: redis is down' }],
    ['http_request: http://127.0.0.1:8080/x', 'http_request', { url: 'http://127.0.0.1:8080/x' }],
    ['stop_service', 'stop_service', {}],
    ['stop_service:', 'stop_service', {}],
  ])('%j', (text, action, input) => {
    expect(parseShortStep(text, actions)).toEqual({ action, input });
  });

  test('of an unknown action says what was probably meant, and what there is', () => {
    expect(() => parseShortStep('stop_servic: redis', actions)).toThrow(
      /^step: "stop_servic" is not allowed; expected an action: did you mean stop_service\? Known: stop_service, start_service/,
    );
  });

  test('of an action without one asks for the long form', () => {
    expect(() => parseShortStep('run_command: ls -l', actions)).toThrow(
      /expected the long form: run_command has no short one/,
    );
  });

  test('leaves a missing value to the check of the input', () => {
    const { input } = parseShortStep('stop_service:', actions);
    expect(() => parseInput(stopService, input)).toThrow('stop_service.service: missing is not allowed');
  });
});

describe('the table of actions', () => {
  test('takes actions of extensions', () => {
    const own = { ...stopService, name: 'stop_gently' };
    expect(createActions([own]).get('stop_gently')).toBe(own);
  });

  test('refuses a name that is taken', () => {
    expect(() => createActions([stopService])).toThrow(
      'action name: "stop_service" is not allowed; expected a name that no other action has.',
    );
  });

  test('restoring data is at least medium, reading is harmless', () => {
    const risks = Object.fromEntries([...actions.values()].map(({ name, risk }) => [name, risk]));
    expect(risks).toMatchObject({
      stop_service: 0.2,
      start_service: 0.1,
      restart_service: 0.2,
      run_command: 0.5,
      wait_for: 0,
      check_health: 0,
      create_backup: 0.05,
      restore_backup: 0.4,
      restore_previous: 0.4,
      notify: 0,
      ask: 0,
    });
    const { risk } = actions.get('http_request') ?? {};
    if (typeof risk !== 'function') throw new Error('the risk of http_request depends on its method');
    expect(risk({ url: 'http://x' })).toBe(0.05);
    expect(risk({ url: 'http://x', method: 'HEAD' })).toBe(0.05);
    expect(risk({ url: 'http://x', method: 'POST' })).toBe(0.4);
  });

  test('titles are what people read', () => {
    const title = (name: string, input: Record<string, string | string[]>) => actions.get(name)?.title(input);
    expect(title('stop_service', { service: 'redis' })).toBe('Stop redis');
    expect(title('run_command', { command: ['psql', '-c', 'select 1'] })).toBe('Run psql -c "select 1"');
    expect(title('http_request', { url: 'http://user:secret@host/path?token=secret', method: 'POST' })).toBe(
      'POST http://host/path',
    );
    expect(title('wait_for', { url: 'redis://:secret@host:6379' })).toBe('Wait for redis://host:6379');
    expect(title('wait_for', { tcp: '127.0.0.1:80' })).toBe('Wait for 127.0.0.1:80');
    expect(title('restore_backup', { backup: 'redis_backup' })).toBe('Restore backup redis_backup');
  });
});
