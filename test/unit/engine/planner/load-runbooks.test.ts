import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { UserError } from '../../../../src/engine/model/errors.js';
import { loadRunbooks, parseRunbook } from '../../../../src/engine/planner/load-runbooks.js';

const lines = (...text: string[]) => text.join('\n');

function mistake(text: string): string {
  try {
    parseRunbook(text, 'redis.yaml');
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error('nothing was wrong with it');
}

describe('both forms load', () => {
  test("the short one, which is the source document's own", () => {
    const runbook = parseRunbook(
      lines(
        'id: redis_outage',
        'name: redis_outage',
        'description: "Plan for Redis failure"',
        'steps:',
        '  - "stop_service: redis"',
        '  - "restore_backup: redis_backup"',
        '  - "start_service: redis"',
      ),
      'redis.yaml',
    );
    expect(runbook).toEqual({
      id: 'redis_outage',
      name: 'redis_outage',
      description: 'Plan for Redis failure',
      match: { services: [], alerts: [], symptoms: [] },
      params: {},
      steps: ['stop_service: redis', 'restore_backup: redis_backup', 'start_service: redis'],
      tests: [],
    });
  });

  test('the long one, beside the short one', () => {
    const { steps, params, match, risk } = parseRunbook(
      lines(
        'id: redis_outage',
        'risk: 0.1',
        'match: { services: [redis], alerts: [RedisDown], symptoms: ["connection refused"] }',
        'params: { backup: { type: string, default: redis_backup } }',
        'steps:',
        '  - "stop_service: redis"',
        '  - id: start',
        '    name: Start {{ service.name }}',
        '    action: start_service',
        '    with: { service: "{{ service.name }}" }',
        '    risk: low',
        '    approval: always',
        '    timeout: 30s',
        '    retry: { strategy: linear_backoff, max_retry_attempts: 5, initial_delay_ms: 1000, backoff_multiplier: 2, max_delay_ms: 60000 }',
        '    when: "incident.severity >= 0.5"',
        '    verify: { action: check_health, with: { service: redis } }',
        '    rollback: { action: stop_service, with: { service: redis } }',
        '    idempotent: true',
        '    pool: default',
        '    on_failure: stop',
      ),
      'redis.yaml',
    );
    expect({ params, match, risk }).toEqual({
      params: { backup: { type: 'string', default: 'redis_backup' } },
      match: { services: ['redis'], alerts: ['RedisDown'], symptoms: ['connection refused'] },
      risk: 0.1,
    });
    expect(steps[1]).toMatchObject({
      id: 'start',
      approval: 'always',
      on_failure: 'stop',
      when: 'incident.severity >= 0.5',
      pool: 'default',
    });
  });

  test('a step that says nothing else is by policy, and undone when a later one fails', () => {
    const { steps } = parseRunbook('id: a\nsteps: [{ action: notify }]', 'a.yaml');
    expect(steps).toEqual([{ action: 'notify', with: {}, approval: 'auto', on_failure: 'rollback', snapshot: false }]);
  });
});

describe('a mistake names file, line and column', () => {
  test.each<[string, string, string]>([
    [
      'unknown key',
      lines('id: a', 'steps:', '  - x', 'risks: low'),
      'redis.yaml:4:1 risks: unknown key; known are id, name, description, risk, match, params, steps, recovery_timeout, tests. Did you mean risk?',
    ],
    [
      'misspelt key that leaves the right one missing',
      lines('id: a', 'stepps:', '  - x'),
      'redis.yaml:2:1 stepps: unknown key; known are id, name, description, risk, match, params, steps, recovery_timeout, tests. Did you mean steps?',
    ],
    [
      'unknown key of a step',
      lines('id: a', 'steps:', '  - x', '  - action: stop_service', '    wth: {}'),
      'redis.yaml:5:5 steps[1].wth: unknown key; known are id, name, action, with, risk, approval, timeout, retry, when, verify, rollback, on_failure, idempotent, pool, snapshot. Did you mean with?',
    ],
    [
      'unknown key of a retry',
      lines('id: a', 'steps:', '  - action: stop_service', '    retry:', '      max_retry_attempt: 3'),
      'redis.yaml:5:7 steps[0].retry.max_retry_attempt: unknown key; known are strategy, max_retry_attempts, initial_delay_ms, backoff_multiplier, max_delay_ms. Did you mean max_retry_attempts?',
    ],
    [
      'unknown key of a rollback',
      lines('id: a', 'steps:', '  - action: stop_service', '    rollback: { acton: start_service }'),
      'redis.yaml:4:17 steps[0].rollback.acton: unknown key; known are action, with. Did you mean action?',
    ],
    [
      'unknown key of a parameter',
      lines('id: a', 'params: { b: { typ: string } }', 'steps: [x]'),
      'redis.yaml:2:16 params.b.typ: unknown key; known are type, default, enum, description. Did you mean type?',
    ],
    [
      'wrong type',
      lines('id: a', 'steps:', '  - action: 5'),
      'redis.yaml:3:5 steps[0].action: 5 is not allowed; expected text.',
    ],
    [
      'list that is none',
      lines('id: a', 'steps: none'),
      'redis.yaml:2:1 steps: "none" is not allowed; expected a list.',
    ],
    [
      'wrong word',
      lines('id: a', 'steps:', '  - action: x', '    on_failure: explode'),
      'redis.yaml:4:5 steps[0].on_failure: "explode" is not allowed; expected one of rollback, stop, continue.',
    ],
    [
      'risk beyond 1',
      lines('id: a', 'risk: 2', 'steps: [x]'),
      'redis.yaml:2:1 risk: 2 is not allowed; expected a number of at most 1.',
    ],
    [
      'id with a blank',
      lines('id: "a b"', 'steps: [x]'),
      'redis.yaml:1:1 id: "a b" is not allowed; expected letters, digits, _ and -, at most 63.',
    ],
    ['missing steps', 'id: a', 'redis.yaml:1:1 steps: is missing; expected a list.'],
    ['no steps', lines('id: a', 'steps: []'), 'redis.yaml:2:1 steps: [] is not allowed; expected at least 1 entry.'],
    [
      'empty file',
      '',
      lines('redis.yaml:1:1 id: is missing; expected text.', 'redis.yaml:1:1 steps: is missing; expected a list.'),
    ],
    ['key given twice', lines('id: a', 'id: b', 'steps: [x]'), 'redis.yaml:2:1 The key "id" is written twice'],
    ['tab', lines('id: a', 'steps:', '\t- x'), 'redis.yaml:3:1 Tabs are not allowed as indentation'],
    [
      'unclosed bracket',
      lines('id: [a', ''),
      'redis.yaml:2:1 Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ])('%s', (_, text, message) => expect(mistake(text)).toBe(message));

  test('an alias without its anchor', () => {
    expect(mistake('id: *x\nsteps: [a]')).toMatch(/^redis\.yaml:1:5 Unresolved alias .*: x\. Write out/);
  });
});

describe('a file that is meant to do harm is refused at once', () => {
  test('aliases of aliases that stand for millions of nodes', () => {
    const nine = (of: string) => `[${new Array(9).fill(of).join(', ')}]`;
    const names = [...'abcdefgh'];
    const bomb = names.map((name, index) => `${name}: &${name} ${nine(index === 0 ? 'x' : `*${names[index - 1]}`)}`);
    const started = performance.now();
    expect(mistake(lines(...bomb, 'id: x', 'steps: *h'))).toMatch(/^redis\.yaml:\d+:\d+ Excessive alias count/);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('a megabyte', () => expect(mistake('x'.repeat(1024 * 1024))).toBe('redis.yaml: larger than 256 KiB.'));

  test('brackets nested without end', () =>
    expect(mistake(`id: a\nsteps: ${'['.repeat(20_000)}`)).toMatch(/^redis\.yaml:2:/));

  test('a key that would reach into the prototype', () => {
    expect(mistake(lines('id: a', '__proto__: { x: 1 }', 'steps: [x]'))).toMatch(/__proto__: unknown key/);
    expect({}).not.toHaveProperty('x');
  });
});

describe('a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'runbooks-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const runbook = (id: string) => `id: ${id}\nsteps: ["stop_service: redis"]\n`;

  test('gives every .yaml and .yml below it, in the order of their names, and nothing else', async () => {
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'b.yml'), runbook('b'));
    await writeFile(join(folder, 'data', 'c.yaml'), runbook('c'));
    await writeFile(join(folder, 'a.yaml'), runbook('a'));
    await writeFile(join(folder, 'README.md'), '# not a runbook');
    expect((await loadRunbooks(folder)).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  test('gives none when one of them is broken', async () => {
    await writeFile(join(folder, 'a.yaml'), runbook('a'));
    await writeFile(join(folder, 'b.yaml'), 'id: b');
    await expect(loadRunbooks(folder)).rejects.toThrow(/b\.yaml:1:1 steps:/);
  });

  test('refuses an id that is used twice', async () => {
    await writeFile(join(folder, 'a.yaml'), runbook('same'));
    await writeFile(join(folder, 'b.yaml'), runbook('same'));
    await expect(loadRunbooks(folder)).rejects.toThrow('b.yaml: runbook id "same" is used twice.');
  });

  test('that is not there says which setting is wrong', async () => {
    await expect(loadRunbooks(join(folder, 'nowhere'))).rejects.toThrow(
      /nowhere cannot be read\. Set REVIVER_RUNBOOKS/,
    );
  });
});
