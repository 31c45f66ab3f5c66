import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createToken } from '../../src/app/tokens/tokens.js';
import { readPidFile } from '../../src/engine/runtimes/pid-file.js';
import { withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';

const database = withDatabase();
const redis = withRedis();
let reviver: Installation;
let token: string;

beforeAll(async () => {
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: `  - name: echo
    runtime: process
    process: { command: ["sleep", "1000"], cwd: . }
    recovery_strategies: [restart]
    circuit_breaker_enabled: true
  - { name: shop, runtime: process, process: { command: ["sleep", "1000"], cwd: . }, criticality: critical, recovery_strategies: [restart] }`,
    more: `approvals: { rules: [{ when: "service.name == 'shop'", need: 1, role: approver }, { when: "true", need: 0 }] }`,
  });
  token = await createToken(`${reviver.folder}/tokens.json`, { name: 'validate', roles: ['responder'] }, new Date());
  await reviver.start('all', ['start']);
}, 90_000);
afterAll(async () => {
  // A service outlives Reviver; this one is ours to end.
  const identity = await readPidFile(`${reviver.folder}/data/processes/echo.pid`);
  if (identity) process.kill(identity.pid, 'SIGKILL');
  await reviver.stop();
}, 60_000);

async function validate(args: string[], env: Record<string, string> = { REVIVER_TOKEN: token }) {
  const child = spawn('scripts/validate_auto_recovery.sh', ['--url', `http://127.0.0.1:${reviver.port}`, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes.toString()));
  const [code] = await once(child, 'close');
  return { code, text: said.join('') };
}

describe('reviver validate', () => {
  test('passes its eight categories, and changes nothing unless it may', async () => {
    const { code, text } = await validate([]);
    console.log(text);
    expect(text).toMatch(/^1\. Performance Tests$/m);
    expect(text).toMatch(/^8\. Compliance Tests$/m);
    expect(text).not.toMatch(/^ +✗/m);
    expect(text).toMatch(/\d+ passed, 0 failed, \d+ left out\./);
    expect(code).toBe(0);
    expect((await reviver.call('GET', '/recoveries')).body.items).toEqual([]);
  }, 60_000);

  test('brings back the service that it may restart', async () => {
    const { code, text } = await validate(['--service', 'echo', '--json']);
    const report = JSON.parse(text);
    const recovery = report.categories[2].outcomes.find(({ says }: { says: string }) =>
      says.startsWith('a real recovery'),
    );
    expect(recovery).toMatchObject({ verdict: 'passed', detail: expect.stringMatching(/^\d+ ms$/) });
    expect(report.ok).toBe(true);
    expect(code).toBe(0);
    expect((await reviver.call('GET', '/recoveries')).body.items).toMatchObject([
      { state: 'SUCCEEDED', reason: 'reviver validate' },
    ]);
  }, 90_000);

  test('takes back what would wait for people', async () => {
    const { code, text } = await validate(['--service', 'shop']);
    expect(text).toMatch(/- a real recovery.*waits for people \(AWAITING_APPROVAL\), so it was cancelled/);
    expect(code).toBe(0);
    const [newest] = (await reviver.call('GET', '/recoveries?limit=1')).body.items;
    expect(newest).toMatchObject({ service: 'shop', state: 'CANCELLED' });
  }, 60_000);

  test.each([
    ['without a token', [], {}, 'There is no token'],
    ['with a token that is refused', [], { REVIVER_TOKEN: 'nonsense' }, 'The token is refused'],
    [
      'with a service that is not there',
      ['--service', 'ech'],
      undefined,
      'there is no service "ech"; expected one of echo, shop',
    ],
    ['where nobody answers', ['--url', 'http://127.0.0.1:9'], undefined, 'No Reviver answers at http://127.0.0.1:9'],
  ])('says what is wrong: %s', async (_, args, env, words) => {
    const { code, text } = await validate(args, env);
    expect(text).toContain(words);
    expect(code).toBe(1);
  });
});
