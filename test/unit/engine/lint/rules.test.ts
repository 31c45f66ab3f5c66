import { describe, expect, test } from '@jest/globals';
import { LAST_RULE, RULES } from '../../../../src/engine/lint/rules.js';
import { lintTexts } from '../../../support/lint.js';

const lines = (...text: string[]) => text.join('\n');
const steps = (...text: string[]) => lines('id: a', 'steps:', ...text.map((line) => `  ${line}`));

/** By rule: what is found, where, what to do; then the same mended. */
const EXAMPLES: Record<string, { bad: string; says: RegExp; line: number; good: string; more?: string[] }> = {
  'duplicate-id': {
    bad: steps(
      '- { id: x, action: start_service, with: { service: redis } }',
      '- { id: x, action: notify, with: { message: hi } }',
    ),
    says: /^steps\[1\]\.id: another step has the id "x" already\./,
    line: 4,
    good: steps(
      '- { id: x, action: start_service, with: { service: redis } }',
      '- { id: y, action: notify, with: { message: hi } }',
    ),
  },
  'unknown-action': {
    bad: steps('- action: strat_service', '  with: { service: redis }'),
    says: /^steps\[0\]\.action: there is no action "strat_service"\. Did you mean start_service\?/,
    line: 3,
    good: steps('- action: start_service', '  with: { service: redis }'),
  },
  'bad-input': {
    bad: steps('- action: start_service', '  with: { servce: redis }'),
    says: /^steps\[0\]\.with\.servce: start_service refuses .* did you mean service\?/,
    line: 4,
    good: steps('- action: start_service', '  with: { service: redis }'),
  },
  'unknown-runbook': {
    bad: steps('- "sub_runbook: tell_uss"'),
    says: /^steps\[0\]\.with\.runbook: there is no runbook "tell_uss"\. Did you mean tell_us\?/,
    line: 3,
    good: steps('- "sub_runbook: tell_us"'),
    more: ['id: tell_us\nsteps: ["notify: hi"]'],
  },
  'runbook-cycle': {
    bad: steps('- "sub_runbook: b"'),
    says: /it leads back here: a → b → a\./,
    line: 3,
    good: steps('- "notify: hi"'),
    more: ['id: b\nsteps: ["sub_runbook: a"]'],
  },
  'bad-template': {
    bad: steps('- "notify: {{ service.name"'),
    says: /^steps\[0\]: .* cannot be read/,
    line: 3,
    good: steps('- "notify: {{ service.name }}"'),
  },
  'bad-condition': {
    bad: steps('- { action: notify, with: { message: hi }, when: "1 +" }'),
    says: /^steps\[0\]\.when: "1 \+" cannot be read/,
    line: 3,
    good: steps('- { action: notify, with: { message: hi }, when: "1 + 1 == 2" }'),
  },
  'unknown-name': {
    bad: steps('- "notify: {{ service.nam }}"'),
    says: /^steps\[0\]: there is no "service.nam"\. Did you mean service\.name\?/,
    line: 3,
    good: steps('- "notify: {{ service.name }}"'),
  },
  'unreachable-pool': {
    bad: steps('- { action: notify, with: { message: hi }, pool: gpus }'),
    says: /^steps\[0\]\.pool: there is no pool "gpus"\. Did you mean gpu\?/,
    line: 3,
    good: steps('- { action: notify, with: { message: hi }, pool: gpu }'),
  },
  'unknown-service': {
    bad: steps('- "start_service: redsi"'),
    says: /^steps\[0\]: there is no service "redsi"\. Did you mean redis\?/,
    line: 3,
    good: steps('- "start_service: redis"'),
  },
  'no-rollback': {
    bad: steps('- { action: run_command, with: { command: [ls] }, idempotent: true }'),
    says: /^steps\[0\]: run_command has a risk of 0\.5, and nothing undoes it\. .*"rollback: none"/,
    line: 3,
    good: steps('- { action: run_command, with: { command: [ls] }, idempotent: true, rollback: none }'),
  },
  'no-verify': {
    bad: steps('- { action: run_command, with: { command: [ls] }, rollback: none }'),
    says: /^steps\[0\]: run_command leaves no trace, may not run twice, and has no verify\./,
    line: 3,
    good: steps(
      '- action: run_command',
      '  with: { command: [ls] }',
      '  rollback: none',
      '  verify: { action: check_health, with: { service: redis } }',
    ),
  },
  'never-asks': {
    bad: steps('- { action: restart_service, with: { service: redis }, risk: high, rollback: none, approval: never }'),
    says: /^steps\[0\]\.approval: restart_service has a risk of 0\.7, and says that nobody is asked\./,
    line: 3,
    good: steps(
      '- { action: restart_service, with: { service: redis }, risk: high, rollback: none, approval: always }',
    ),
  },
  secret: {
    bad: steps(
      '- action: run_command',
      '  with:',
      '    command: [ls]',
      '    env: { DB_PASSWORD: hunter2 }',
      '  idempotent: true',
      '  rollback: none',
    ),
    says: /^steps\[0\]\.with\.env\.DB_PASSWORD: this looks like a password/,
    line: 6,
    good: steps(
      '- action: run_command',
      '  with:',
      '    command: [ls]',
      '    env: { DB_PASSWORD_FILE: /run/secrets/db, DB_PASSWORD: "env:DB_PASSWORD", AUTH: "Bearer ${file:/run/secrets/db}" }',
      '  idempotent: true',
      '  rollback: none',
    ),
  },
  'unbounded-wait': {
    bad: steps('- { action: notify, with: { message: hi }, timeout: 2h }'),
    says: /^steps\[0\]\.timeout: it may take 2 h 00 min\./,
    line: 3,
    good: steps('- { action: notify, with: { message: hi }, timeout: 1m }'),
  },
  'unsaid-wait': {
    bad: steps('- "wait_for: redis"'),
    says: /^steps\[0\]: it waits, and does not say how long\./,
    line: 3,
    good: steps('- { action: wait_for, with: { service: redis, for: 60s } }'),
  },
  'longer-than-recovery': {
    bad: steps('- { action: wait_for, with: { service: redis, for: 10m } }'),
    says: /^steps\[0\]\.with\.for: 10 min, and a recovery has 5 min\./,
    line: 3,
    good: lines('id: a', 'recovery_timeout: 15m', 'steps: [{ action: wait_for, with: { service: redis, for: 10m } }]'),
  },
  'bad-default': {
    bad: lines('id: a', 'params: { n: { enum: [a, b], default: c } }', 'steps: ["notify: {{ params.n }}"]'),
    says: /^params\.n\.default: "c" is not one of a, b\./,
    line: 2,
    good: lines('id: a', 'params: { n: { enum: [a, b], default: a } }', 'steps: ["notify: {{ params.n }}"]'),
  },
  'never-runs': {
    bad: steps('- { action: notify, with: { message: hi }, when: "incident.severity > 0.5 && false" }'),
    says: /^steps\[0\]\.when: .* is never true, so notify never runs\./,
    line: 3,
    good: steps('- { action: notify, with: { message: hi }, when: "incident.severity > 0.5" }'),
  },
  'unused-param': {
    bad: lines('id: a', 'params: { n: { default: x } }', 'steps: ["notify: hi"]'),
    says: /^params\.n: nothing reads this parameter\./,
    line: 2,
    good: lines('id: a', 'params: { n: { default: x } }', 'steps: ["notify: {{ params.n }}"]'),
  },
  'unmatched-service': {
    bad: lines('id: a', 'match: { services: [rediss] }', 'steps: ["notify: hi"]'),
    says: /^match\.services\[0\]: there is no service "rediss"\. Did you mean redis\?/,
    line: 2,
    good: lines('id: a', 'match: { services: [redis] }', 'steps: ["notify: hi"]'),
  },
  'no-plan': {
    bad: lines(
      'id: a',
      'match: { services: [redis] }',
      'steps:',
      '  - { action: notify, with: { message: hi }, timeout: soon }',
    ),
    says: /no plan for redis: a\.steps\[0\]\.timeout: "soon" is not allowed/,
    line: 4,
    good: lines(
      'id: a',
      'match: { services: [redis] }',
      'steps:',
      '  - { action: notify, with: { message: hi }, timeout: 3s }',
    ),
  },
};

test('every rule has an example here, and no other has', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual([...RULES, LAST_RULE].map(({ id }) => id).sort());
});

describe.each(Object.entries(EXAMPLES))('%s', (rule, { bad, says, line, good, more = [] }) => {
  test('is found, with its line and what to do', async () => {
    const found = (await lintTexts([bad, ...more])).filter((one) => one.rule === rule && one.file === 'a.yaml');
    expect(found).toMatchObject([{ line, severity: [...RULES, LAST_RULE].find(({ id }) => id === rule)?.severity }]);
    expect(`${found[0]?.says} ${found[0]?.mend}`).toMatch(says);
  });

  test('is not found where it is mended', async () => {
    expect((await lintTexts([good, ...more])).filter((one) => one.file === 'a.yaml')).toEqual([]);
  });
});

describe('without a configuration', () => {
  test('pools and services are not judged', async () => {
    const text = steps('- { action: start_service, with: { service: anything }, pool: anywhere }');
    expect(await lintTexts([text], { configured: undefined })).toEqual([]);
  });
});

describe('what undoes a step is judged for its very input', () => {
  const redis = (command: string) =>
    steps(`- { action: redis_command, with: { service: redis, command: ${command}, writes: true } }`);

  test('a setting is put back by the action itself', async () => {
    expect(await lintTexts([redis('[CONFIG, SET, maxmemory, 1gb]')])).toEqual([]);
  });

  test('a deleted key is not', async () => {
    expect(await lintTexts([redis('[DEL, queue]')])).toMatchObject([{ rule: 'no-rollback' }]);
  });
});

describe('a secret', () => {
  const header = (value: string) =>
    steps(`- { action: http_request, with: { url: "http://127.0.0.1/", headers: { X-Auth: "${value}" } } }`);
  const random = ['Zq3v', 'T8xLw0', 'Kd9RpY2', 'mB7sN'].join('');

  test.each([
    ['that looks random', header(random)],
    ['in a URL', steps('- "http_request: http://ann:hunter2@127.0.0.1/"')],
    [
      'in a group',
      steps(
        '- { action: parallel, with: { steps: ["notify: a", { action: run_command, with: { command: [x, --password, hunter2] }, idempotent: true, rollback: none }] } }',
      ),
    ],
    [
      'as a default',
      lines('id: a', `params: { token: { default: ${random} } }`, 'steps: ["notify: {{ params.token }}"]'),
    ],
  ])('%s is found and never shown', async (_, text) => {
    const found = (await lintTexts([text])).filter(({ rule }) => rule === 'secret');
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found)).not.toMatch(/hunter2|Zq3v/);
  });

  test.each([
    ['a template', header('{{ params.token }}')],
    ['a variable', header('$TOKEN')],
    ['a long path', header('/usr/lib/postgresql/15/bin/pg_ctlcluster')],
    ['words', header('TheQuickBrownFoxJumpsOverTheLazyDog')],
    ['an image by digest', steps(`- "docker_pull: redis@sha256:${'0123456789abcdef'.repeat(4)}"`)],
  ])('is not %s', async (_, text) => {
    expect((await lintTexts([text])).filter(({ rule }) => rule === 'secret')).toEqual([]);
  });
});

describe('names', () => {
  test('of steps must be those of the runbook, with state or result', async () => {
    const when = (condition: string) =>
      lintTexts([
        steps(
          '- { id: plan, action: check_health, with: { service: redis } }',
          `- { action: notify, with: { message: hi }, when: "${condition}" }`,
        ),
      ]);
    expect(await when("steps.plan.state == 'succeeded' && steps.plan.result.n > 1")).toEqual([]);
    expect(await when("steps.paln.state == 'succeeded'")).toMatchObject([
      { rule: 'unknown-name', mend: 'Did you mean plan?' },
    ]);
    expect(await when('steps.plan.ok')).toMatchObject([{ rule: 'unknown-name' }]);
  });

  test('that a macro binds are its own', async () => {
    const text = steps('- { action: notify, with: { message: hi }, when: "[1, 2].exists(n, n > 1)" }');
    expect(await lintTexts([text])).toEqual([]);
  });
});
