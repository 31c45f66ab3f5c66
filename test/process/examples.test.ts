import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { compile, packInto, run, STRICT } from '../support/packed.js';
import { type Installation, install } from '../support/reviver.js';

/** What each example prints; those that need more than the package have tests of their own. */
const PRINTS: Readonly<Record<string, string[]>> = {
  'basic-recovery': ['policy_service: succeeded after 1 attempt(s)', 'Active recoveries: 0'],
  priorities: ['auth_service', 'api_gateway', 'database', 'cache', 'metrics'].map((name) => `recovering ${name}`),
  'health-checks': ['api_service: succeeded (attempt 3/5)'],
  policies: [
    'auth_service: 10 attempts, first delay 100 ms',
    'analytics_service: 3 attempts, first delay 5000 ms',
    'any_other: 10 attempts, first delay 500 ms',
    'max_retry_attempts: 0 is not allowed; expected a whole number of at least 1.',
  ],
  strategies: [
    'exponential_backoff: succeeded at attempt 2',
    'linear_backoff: succeeded at attempt 2',
    'immediate: succeeded at attempt 2',
    'manual: awaiting_manual',
    'manual: succeeded',
  ],
  'circuit-breakers': ['my_service: open', 'my_service: closed', 'healthy: true', '/orders: ok'],
  constitution: [
    "Cannot schedule a recovery: the constitutional hash is invalid, and the constitution's is cdd01ef066bc6cf2. Nothing was done.",
  ],
  monitoring: [
    '[cdd01ef066bc6cf2] Recovery Orchestrator initialized',
    '[cdd01ef066bc6cf2] Recovery Orchestrator started',
    "[cdd01ef066bc6cf2] Scheduled recovery for 'policy_service' with strategy exponential_backoff and priority 1",
    "[cdd01ef066bc6cf2] Recovery attempt 1/5 for 'policy_service': SUCCESS",
    "[cdd01ef066bc6cf2] Scheduled recovery for 'broken_service' with strategy exponential_backoff and priority 1",
    '[cdd01ef066bc6cf2] people are needed: escalation',
    "[cdd01ef066bc6cf2] Recovery attempt 1/1 for 'broken_service': FAILED",
    'Orchestrator Running: true',
    'Active Recoveries: 0',
    'Queued Recoveries: 0',
    'broken_service: failed (attempt 1/1)',
    'policy_service: succeeded (attempt 1/5)',
    'broken_service: failed in Nms',
    'policy_service: succeeded in Nms',
    'Alert: 1 failed',
    '[cdd01ef066bc6cf2] Recovery Orchestrator stopped',
  ],
  'protected-calls': [
    'hello Ann',
    '3',
    'other_service was not called: its circuit breaker is open (5 failures in a row, the last: down)',
  ],
};
const WITH_MORE = ['durable', 'auto-recovery', 'recover-and-wait'];

const database = withDatabase();
const redis = withRedis();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'examples-'));
  await packInto(folder);
  const files = await readdir('examples');
  for (const file of files) await copyFile(join('examples', file), join(folder, file));
  const compilerOptions = { ...STRICT, noEmit: false };
  const tsconfig = { compilerOptions, files: files.filter((file) => file.endsWith('.ts')) };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  await compile(folder).catch(({ stdout }) => {
    throw new Error(stdout);
  });
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

async function printed(example: string, args: string[] = [], env: Record<string, string> = {}): Promise<string[]> {
  const { stdout } = await run(process.execPath, [`${example}.js`, ...args], folder, env);
  return stdout
    .trim()
    .replace(/in \d+ms/g, 'in Nms')
    .split('\n');
}

describe('an example, with the published package and its types', () => {
  test('each of them has a test', async () => {
    const examples = (await readdir('examples')).filter((file) => file.endsWith('.ts')).sort();
    expect(examples).toEqual([...Object.keys(PRINTS), ...WITH_MORE].map((name) => `${name}.ts`).sort());
  });

  test.each(Object.entries(PRINTS))(
    '%s needs nothing else',
    async (example, lines) => {
      expect(await printed(example)).toEqual(lines);
    },
    30_000,
  );

  test('durable: what one process has scheduled another one carries out', async () => {
    const env = { DATABASE_URL: database.url, REDIS_URL: redis.url };
    expect(await printed('durable', [], env)).toEqual([
      'scheduled: true',
      'recovering database',
      'database: succeeded',
    ]);
  }, 60_000);
});

describe('with an installation', () => {
  /** A long name, so that this file's own program is found and no other. */
  const PROGRAM = 'sleep 72401';
  let reviver: Installation;

  beforeAll(async () => {
    reviver = await install({
      databaseUrl: database.url,
      redisUrl: redis.url,
      more: `approvals: { rules: [{ when: "service.name == 'gated'", need: 1, role: approver }, { when: "true", need: 0 }] }`,
      services: `  - { name: web, runtime: process, process: { command: [${PROGRAM.split(' ').join(', "')}"], cwd: . } }
  - { name: stuck, runtime: process, process: { command: [reviver-has-no-such-program], cwd: . } }
  - { name: gated, runtime: process, process: { command: ["true"], cwd: . } }
  - { name: broken, runtime: process, process: { command: [reviver-has-no-such-program], cwd: . } }`,
    });
    await reviver.start('server', ['start', '--role', 'api']);
    await reviver.start('worker', ['worker']);
  }, 60_000);

  afterAll(async () => {
    await reviver.stop();
    // A service outlives Reviver, as it should; here nobody needs it any more.
    spawnSync('pkill', ['-9', '-f', `${PROGRAM}$`]);
  }, 60_000);

  const env = () => ({ REVIVER_URL: `http://127.0.0.1:${reviver.port}`, REVIVER_TOKEN: reviver.token('ann') });

  test('recover-and-wait calls POST /recover/{service} and waits until the end', async () => {
    expect(await printed('recover-and-wait', ['web', 'restart'], env())).toEqual([
      expect.stringMatching(/^R-\d+ of web began$/),
      'web: SUCCEEDED',
    ]);
  }, 60_000);

  test('recover-and-wait ends with 1 where the recovery fails, and says what was refused', async () => {
    await expect(printed('recover-and-wait', ['broken', 'restart'], env())).rejects.toMatchObject({ code: 1 });
    await expect(printed('recover-and-wait', ['nowhere'], env())).rejects.toMatchObject({
      stderr: expect.stringContaining('No service \\"nowhere\\"'),
    });
  }, 60_000);

  test('recover-and-wait says what people are waited for, and waits no longer where only they go on', async () => {
    const asked = printed('recover-and-wait', ['gated', 'restart'], env());
    asked.catch(() => {});
    const id = await eventually(async () => {
      const { body } = await reviver.call('GET', '/recoveries?service=gated&limit=1');
      expect(body.items[0]).toMatchObject({ state: 'AWAITING_APPROVAL' });
      return body.items[0].id;
    });
    expect(await reviver.call('POST', `/recoveries/${id}/approve`, {}, 'lee')).toMatchObject({ status: 200 });
    expect(await asked.catch((error: { stdout: string }) => error.stdout.trim().split('\n'))).toContain(
      `${id} waits for an approval, in chat or by POST /recoveries/{id}/approve`,
    );
    const policy = {
      as: 'lee' as const,
      headers: { 'if-match': '*' },
      body: { strategy: 'manual', max_retry_attempts: 2 },
    };
    expect((await reviver.send('PUT', '/policies/stuck', policy)).status).toBeLessThan(300);
    const stuck = printed('recover-and-wait', ['stuck', 'restart'], env());
    await expect(stuck).rejects.toMatchObject({
      code: 2,
      stdout: expect.stringContaining('cannot go on by itself: look at it'),
    });
  }, 60_000);

  const python = spawnSync('python3', ['--version']).status === 0;
  (python ? test : test.skip)(
    'airflow_dag.py does the same, by the standard library alone (skipped without python3)',
    async () => {
      const dag = (...args: string[]) => run('python3', ['airflow_dag.py', ...args], folder, env());
      expect((await dag('web', 'restart')).stdout).toMatch(/^R-\d+ of web began\nweb: SUCCEEDED\n$/);
      await expect(dag('broken', 'restart')).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/RuntimeError: R-\d+ of broken: (FAILED|ROLLED_BACK)/),
      });
      await expect(dag('stuck', 'restart')).rejects.toMatchObject({
        stderr: expect.stringMatching(/RuntimeError: R-\d+ of stuck: AWAITING_MANUAL, look at it in chat/),
      });
      await expect(dag('nowhere')).rejects.toMatchObject({ stderr: expect.stringContaining('RuntimeError: 404') });
    },
    60_000,
  );

  test('auto-recovery: monitoring and strategies within a program', async () => {
    const more = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      REVIVER_RUNBOOKS: join(reviver.folder, 'runbooks'),
      REVIVER_DATA: join(reviver.folder, 'data'),
      METRICS_PORT: '0',
      LOG_LEVEL: 'error',
    };
    expect(await printed('auto-recovery', [join(reviver.folder, 'reviver.yaml'), 'web'], more)).toEqual([
      'custom recovery of web (process)',
      'custom: true',
      'restart: true',
    ]);
  }, 60_000);
});
