import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Answer, type Installation, install, type Running } from '../support/reviver.js';
import { LEDGER, linesIn } from '../support/scene.js';

/** What becomes of questions while people think about them. */
const careful = (file: string, line: string) => `id: careful
match: { services: [redis, web] }
steps:
  - { name: Write ${line}, action: ledger_append, with: { file: ${file}, line: ${line} } }
`;

const database = withDatabase();
const redis = withRedis();
let pool: Pool;
let reviver: Installation;
let server: Running;
let ledger: string;
let wellFile: string;
let removeOwn: () => Promise<void>;

const pidFile = () => join(reviver.folder, 'redis.pid');
const rewrite = (line: string) => writeFile(join(reviver.folder, 'runbooks', 'careful.yaml'), careful(ledger, line));
const soon = { timeoutMs: 30_000 };

beforeAll(async () => {
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  const own = await createPrivateFolder('reviver-waiting');
  removeOwn = own.remove;
  wellFile = join(own.path, 'web.well');
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: `  - name: redis
    runtime: process
    process: { command: [sh, -c, "echo $$ > redis.pid; exec sleep 600"], cwd: . }
    recovery_strategies: [restart]
  - name: web
    runtime: process
    process: { command: ["true"], cwd: . }
    health: [ { type: command, command: [test, -e, ${wellFile}], interval: 200ms, timeout: 4s, failures: 1 } ]
`,
    extensions: [LEDGER],
    more: 'approvals: { rules: [{ when: "plan.name == \'careful\'", need: 1, role: approver }, { when: "true", need: 0 }] }',
  });
  ledger = join(reviver.folder, 'ledger.txt');
  await rewrite('one');
  server = await reviver.start('server', ['start']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
  await pool.end();
  await removeOwn();
}, 60_000);

const view = async (id: string): Promise<Answer> => (await reviver.call('GET', `/recoveries/${id}`)).body;
const open = async (service: string): Promise<Answer> =>
  (await reviver.call('GET', `/recoveries?service=${service}&state=AWAITING_APPROVAL`)).body.items[0];

/** The card of a recovery on the console, as it is now. */
async function card(id: string): Promise<string> {
  const { rows } = await pool.query('SELECT * FROM console_messages WHERE thread IS NULL');
  return (
    rows
      .map((row) => JSON.stringify(row))
      .find((text) => text.includes(`"title": "${id} ·`) || text.includes(`"title":"${id} ·`)) ?? ''
  );
}

async function ask(service: string): Promise<string> {
  const { status, body } = await reviver.call('POST', `/recover/${service}`, { runbook: 'careful' });
  expect(`${status} ${body.detail ?? ''}`).toBe('202 ');
  expect(body.state).toBe('AWAITING_APPROVAL');
  return body.id;
}

/** Another recovery asks in the place of this one, and its card says why. */
async function askedAnew(id: string, service: string, why: string): Promise<string> {
  const next = await eventually(async () => {
    const found = await open(service);
    expect(found?.id).not.toBe(id);
    return String(found.id);
  }, soon);
  expect(await view(id)).toMatchObject({ state: 'CANCELLED' });
  await eventually(
    async () => expect(await card(next)).toContain(`Asked anew, since the plan of ${id} changed: ${why}`),
    soon,
  );
  await eventually(async () => expect(await card(id)).toContain(`the plan changed: ${why}`), soon);
  await eventually(async () => expect(await card(id)).toContain(`Asked anew as ${next}.`), soon);
  expect(await view(id)).toMatchObject({ successor: next });
  expect((await reviver.call('POST', `/recoveries/${id}/approve`, {}, 'lee')).status).toBe(409);
  return next;
}

test('a target that changes, and a runbook that is rewritten, while an approval waits: it is asked anew by itself, and the card says what changed', async () => {
  const started = await reviver.call('POST', '/recover/redis', { strategy: 'restart' });
  await eventually(async () => expect((await view(started.body.id)).state).toBe('SUCCEEDED'), soon);
  const first = await ask('redis');
  process.kill(Number(await readFile(pidFile(), 'utf8')), 'SIGKILL');
  const second = await askedAnew(first, 'redis', 'redis was running when the plan was shown, now it is stopped');

  server.kill('SIGTERM');
  await server.ended;
  await rewrite('two');
  server = await reviver.start('server', ['start']);
  const third = await askedAnew(second, 'redis', 'step 1 was \\"Write one\\", now it is \\"Write two\\"');

  expect((await reviver.call('POST', `/recoveries/${third}/approve`, {}, 'lee')).status).toBe(200);
  await eventually(async () => expect((await view(third)).state).toBe('SUCCEEDED'), soon);
  expect(await linesIn(ledger)).toEqual(['two']);
}, 120_000);

test('an incident that ends by itself while an approval waits: the card asks whether it is still needed, and nothing is cancelled', async () => {
  await rm(wellFile, { force: true });
  await eventually(
    async () => expect((await reviver.call('GET', '/status')).body.services.web.health).toBe('unhealthy'),
    soon,
  );
  const id = await ask('web');
  await eventually(async () => expect(await card(id)).toContain('waiting for approval'), soon);
  expect(await card(id)).not.toContain('still needed');
  await writeFile(wellFile, '');
  await eventually(
    async () => expect(await card(id)).toContain('without this. Is it still needed? Cancel it if not.'),
    soon,
  );
  expect(await view(id)).toMatchObject({ state: 'AWAITING_APPROVAL' });
  await reviver.call('POST', `/recoveries/${id}/cancel`);
}, 60_000);
