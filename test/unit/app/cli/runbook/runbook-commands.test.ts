import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { explainCommand } from '../../../../../src/app/cli/runbook/explain.js';
import { FORMATS, type Format } from '../../../../../src/app/cli/runbook/format-findings.js';
import { lintCommand } from '../../../../../src/app/cli/runbook/lint.js';
import { newCommand } from '../../../../../src/app/cli/runbook/new.js';
import { rehearseCommand } from '../../../../../src/app/cli/runbook/rehearse.js';
import { schemaCommand } from '../../../../../src/app/cli/runbook/schema.js';
import { createPaint, type Terminal } from '../../../../../src/app/cli/runbook/terminal.js';
import { expectGolden } from '../../../bot/golden.js';

const RISKY = [
  'id: warm_cache',
  'match: { services: [redis] }',
  'params: { region: { default: eu } }',
  'steps:',
  '  - "stop_service: {{ service.name }}"',
  '  - id: flush',
  '    action: run_command',
  '    with:',
  '      command: [redis-cli, FLUSHALL]',
  '      env: { REDIS_PASSWORD: hunter2 }',
  '  - id: start',
  '    action: strat_service',
  '    with: { service: redis }',
  '    pool: gpu',
  '',
].join('\n');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reviver-runbooks-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs a command as in an empty environment; its exit code, and what it printed, with the folder by a name. */
async function run(command: (terminal: Terminal) => Promise<number>) {
  const lines: string[] = [];
  const code = await command({ print: (line) => void lines.push(line), paint: createPaint(false, {}), env: {} });
  const text = lines.join('\n').replaceAll(relative(process.cwd(), folder), 'DIR').replaceAll(folder, 'DIR');
  return { code, text };
}

const lint = (files: string[], format: Format = 'text', strict = false) =>
  run((terminal) => lintCommand(files, { format, strict }, terminal));

async function put(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

const golden = (name: string, text: string) => expectGolden(`../../app/cli/runbook/__golden__/${name}`, text);

describe('lint', () => {
  test.each(FORMATS)('prints what it found as %s, and ends with 1', async (format) => {
    const { code, text } = await lint([await put('warm_cache.yaml', RISKY)], format);
    expect(code).toBe(1);
    expect(text).not.toContain('hunter2');
    golden(`lint-${format}`, text);
  });

  test('ends with 0 where nothing is to mend, and looks at all runbooks when none is named', async () => {
    expect(await lint([])).toEqual({
      code: 0,
      text: expect.stringMatching(/\d+ runbooks: (nothing to mend|\d+ warnings?)\.$/),
    });
  });

  test('ends with 0 for warnings, and with 1 when they count', async () => {
    const file = await put('a.yaml', 'id: a\nsteps: ["wait_for: redis"]\n');
    expect((await lint([file])).code).toBe(0);
    expect((await lint([file], 'text', true)).code).toBe(1);
  });

  test('looks at the inline templates of a configuration, where they are written', async () => {
    const config = await put(
      'reviver.yaml',
      'services: [{ name: redis, container_name: r }]\ntemplates:\n  - id: t\n    steps:\n      - "stop_service: rediss"\n',
    );
    const { code, text } = await run((terminal) =>
      lintCommand([], { config, dir: folder, format: 'text', strict: false }, terminal),
    );
    expect(code).toBe(1);
    expect(text).toMatch(
      /reviver\.yaml:5:9 error unknown-service\n {4}templates\[0\]\.steps\[0\]: there is no service "rediss"\./,
    );
  });

  test('nothing to look at is no success', async () => {
    await expect(lint([folder])).rejects.toThrow(/There is no runbook to look at/);
  });

  test('a file that is not there, and an id that nobody knows, stop it', async () => {
    await expect(lint([join(folder, 'no.yaml')])).rejects.toThrow(/There is no file/);
    await expect(lint(['redis_outag'])).rejects.toThrow(
      'There is no file and no runbook "redis_outag". Did you mean redis_outage?',
    );
  });
});

describe('explain', () => {
  test('prints what would be done, asked, claimed and undone', async () => {
    const { code, text } = await run((terminal) =>
      explainCommand('redis_outage', ['backup=redis_backup'], {}, terminal),
    );
    expect(code).toBe(0);
    golden('explain', text);
  });

  test('refuses a parameter that the runbook does not have, and a text that is none', async () => {
    const explain = (param: string) => run((terminal) => explainCommand('redis_outage', [param], {}, terminal));
    await expect(explain('bakup=x')).rejects.toThrow(/parameter bakup/);
    await expect(explain('backup')).rejects.toThrow('"backup" is no parameter. Write key=value.');
  });

  test('asks for a service where the runbook names none', async () => {
    const file = await put('a.yaml', 'id: a\nsteps: ["notify: hi"]\n');
    await expect(run((terminal) => explainCommand(file, [], {}, terminal))).rejects.toThrow(/--service NAME/);
  });
});

describe('test', () => {
  const rehearse = (name: string, format: 'text' | 'json' = 'text') =>
    run((terminal) => rehearseCommand(name, [], { stopped: false, format }, terminal));

  test('prints what would be undone for every failure, and passes the shipped runbook', async () => {
    const { code, text } = await rehearse('redis_outage');
    expect(code).toBe(0);
    golden('test-passed', text);
  });

  test('fails a runbook that leaves something behind, at its line', async () => {
    const file = await put(
      'warm_cache.yaml',
      RISKY.replace('strat_service', 'start_service').replace('    pool: gpu\n', ''),
    );
    const { code, text } = await rehearse(file);
    expect(code).toBe(1);
    golden('test-failed', text);
  });

  test('as JSON gives every ending', async () => {
    const { text } = await rehearse('redis_outage', 'json');
    expect(JSON.parse(text)).toMatchObject({ runbook: 'redis_outage', service: 'redis', shortcomings: [] });
  });
});

describe('new', () => {
  const fresh = (name: string, ...action: string[]) =>
    run((terminal) => newCommand(name, { action, dir: folder }, terminal));

  test.each([
    [['restart_service']],
    [['stop_service', 'start_service']],
    [['recreate_service', 'check_health']],
    [['run_command', 'http_request', 'scale_service', 'notify', 'ask']],
  ])('of %j writes a runbook that passes lint, its warnings too, and test', async (actions) => {
    await fresh('fresh', ...actions);
    const file = join(folder, 'fresh.yaml');
    expect((await lint([file], 'text', true)).text).toBe('1 runbook: nothing to mend.');
    const { code } = await run((terminal) => rehearseCommand(file, [], { stopped: false, format: 'text' }, terminal));
    expect(code).toBe(0);
    if (actions.length === 2 && actions[0] === 'stop_service')
      golden('new', (await readFile(file, 'utf8')).replace(/schema=.*\/schemas/, 'schema=REVIVER/schemas').trimEnd());
  });

  test('leaves a file that is there as it is', async () => {
    await put('fresh.yaml', 'mine');
    await expect(fresh('fresh', 'restart_service')).rejects.toThrow(/is there already, and was left as it is/);
    expect(await readFile(join(folder, 'fresh.yaml'), 'utf8')).toBe('mine');
  });

  test.each(['../evil', 'a b', '', '.hidden'])('refuses the name %j', async (name) => {
    await expect(fresh(name, 'restart_service')).rejects.toThrow(/name: .* letters, digits/);
  });

  test('refuses an action that needs more than a service, and one that is not there', async () => {
    await expect(fresh('fresh', 'sql_query')).rejects.toThrow(/an action that needs no more than a service/);
    await expect(fresh('fresh', 'restart')).rejects.toThrow(/did you mean restart_service/);
  });
});

test('schema prints the published one, with the actions of extensions beside ours', async () => {
  const { text } = await run((terminal) => schemaCommand({}, terminal));
  expect(JSON.parse(text)).toEqual(JSON.parse(await readFile('schemas/runbook.schema.json', 'utf8')));
});

describe('colours', () => {
  test('are for terminals alone, and for those who want them', () => {
    expect(createPaint(true, {})('error', 'red')).toBe('\u001b[31merror\u001b[0m');
    expect(createPaint(true, { NO_COLOR: '1' })('error', 'red')).toBe('error');
    expect(createPaint(false, {})('error', 'red')).toBe('error');
  });
});
