import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { freePort } from '../../scripts/services/free-port.mjs';
import { type Collector, startCollector } from '../platforms/otlp/collector.js';
import { type PagerDutyServer, ROUTING_KEY, startPagerDuty } from '../platforms/pagerduty/pagerduty-server.js';
import { type Receiver, startReceiver } from '../platforms/receiver.js';
import { GROUP } from '../platforms/telegram/scene.js';
import { startVault, type VaultServer } from '../platforms/vault/vault-server.js';
import { startWebhook, WEBHOOK_SECRET, type WebhookServer } from '../platforms/webhook/webhook-server.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { type Haystack, keysOf, leaksIn, tablesOf } from './secrets/haystack.js';
import { openTwoPlatforms, SLACK, startBoth, type TwoPlatforms } from './two-platforms.js';

/** Secrets of every kind go through a recovery whose steps say them aloud; afterwards everything is searched for them. */
const word = () => `${randomBytes(9).toString('base64url')}/"${randomBytes(9).toString('base64')}`;
const SECRETS = {
  env: `canary-env-${word()}`,
  file: `canary-file-${word()}`,
  vault: `canary-vault-${word()}`,
  bearer: `canary-bearer-${randomBytes(18).toString('hex')}`,
  urlPassword: `canary:p@ss/${word()}`,
  health: `canary-health-${word()}`,
  own: `canary-own-${word()}`,
  /** In the path of a webhook, as Slack has it. */
  webhook: `canary-webhook-${word()}`,
  settings: `canary-settings-${word()}`,
  pem: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim(),
};

const database = withDatabase();
const redis = withRedis();
let platforms: TwoPlatforms;
let pager: PagerDutyServer;
let webhook: WebhookServer;
let vault: VaultServer;
let collector: Collector;
/** Repeats to whoever asks what they have sent. */
let parrot: Receiver;
const heard: string[] = [];
let reviver: Installation;
let shopPort: number;
const events: string[] = [];
let socket: WebSocket;

/** Says what it was given, in every form that comes to mind, and fails. */
const TALKER = `
const said = process.env.SAID;
require('node:fs').appendFileSync(process.env.LEDGER, said + '\\n');
console.log(said);
console.error('plain: ' + said);
console.error('url: ' + encodeURIComponent(said));
console.error('json: ' + JSON.stringify({ value: said }));
console.error('a line of it: ' + (said.split('\\n')[1] ?? ''));
console.error('base64: ' + Buffer.from(said).toString('base64'));
console.error('basic: ' + Buffer.from('user:' + said).toString('base64url'));
console.error('it was refused for ' + said.split('\\n').join(' '));
process.exit(3);
`;

/** A web server that is there and has its secret in its environment. */
const SHOP = `
const { createServer } = require('node:http');
require('node:fs').appendFileSync(process.env.LEDGER, process.env.SETTING + '\\n');
createServer((request, answer) => {
  require('node:fs').appendFileSync(process.env.LEDGER, Buffer.from((request.headers.authorization ?? '').slice(6), 'base64') + '\\n');
  answer.end('ok');
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

const talk = (id: string, reference: string, folder: string, more = 'on_failure: continue') =>
  `  - { id: ${id}, action: run_command, with: { command: [${process.execPath}, ${folder}/talker.cjs], env: { SAID: "${reference}", LEDGER: "${folder}/ledger.txt" } }, ${more} }`;

const runbook = (folder: string, postgres: string) => `id: leaky
match: { services: [shop] }
steps:
${talk('says_env', 'env:CANARY_ENV', folder)}
${talk('says_file', `file:${folder}/file.secret`, folder)}
${talk('says_vault', 'vault:secret/data/canary#token', folder)}
${talk('says_pem', `file:${folder}/key.pem`, folder)}
  - { id: says_aloud, action: say_aloud, with: { what: "\${own:key}" }, on_failure: continue }
  - id: says_and_succeeds
    action: run_command
    with: { command: [${process.execPath}, ${folder}/talker.cjs], env: { SAID: "env:CANARY_ENV", LEDGER: "${folder}/ledger.txt" }, success_codes: [3] }
  - id: bearer
    action: http_request
    with: { url: "${parrot.url}/refuse", method: POST, body: '{"key":"\${vault:secret/data/canary#token}"}', headers: { Authorization: "Bearer \${env:CANARY_BEARER}", X-Other: "\${file:${folder}/file.secret}" } }
    on_failure: continue
  - id: url_password
    action: http_request
    with: { url: "${parrot.url.replace('://', '://app:${env:CANARY_URL_PASSWORD}@')}/login?key=\${env:CANARY_ENV}" }
    on_failure: continue
  - id: sql_error
    action: sql_query
    with: { database: "${postgres}", query: "select $1::int", params: ["vault:secret/data/canary#token"] }
    on_failure: continue
  - id: sql_password
    action: sql_query
    with: { database: "${postgres.replace(/\/\/[^@]*@/, '//nobody:${env:CANARY_URL_PASSWORD}@')}", query: "select 1" }
    on_failure: continue
${talk('last', 'vault:secret/data/canary#token', folder, 'rollback: none, on_failure: stop')}
`;

const SHOP_SERVICE = (folder: string) => `  - name: shop
    runtime: process
    process: { command: [${process.execPath}, ${folder}/shop.cjs], cwd: ., env: { PORT: "${shopPort}", LEDGER: "${folder}/ledger.txt", SETTING: "\${env:CANARY_SETTINGS}" } }
    recovery_strategies: [restart]
    max_recovery_attempts: 1
    drill: { allowed: true }
    health: [ { type: http, url: "http://me:\${vault:secret/data/canary#health}@127.0.0.1:${shopPort}/", interval: 500ms, timeout: 4s, failures: 1 } ]`;

beforeAll(async () => {
  [platforms, pager, webhook, vault, collector, shopPort] = await Promise.all([
    openTwoPlatforms(),
    startPagerDuty(),
    startWebhook(),
    startVault(),
    startCollector(),
    freePort(),
  ]);
  parrot = await startReceiver((request, body) => {
    const sent = `${request.url} ${request.headers.authorization} ${request.headers['x-other']} ${body}`;
    const basic = Buffer.from(String(request.headers.authorization).replace('Basic ', ''), 'base64').toString();
    heard.push(`${sent} ${basic}`);
    return { status: 500, body: JSON.stringify({ error: 'not for you', sent, basic }) };
  });
  vault.put('canary', { token: SECRETS.vault, health: SECRETS.health });
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: SHOP_SERVICE('FOLDER'),
    extensions: [join(process.cwd(), 'test/process/fixtures/says.mjs')],
    more: `approvals: { rules: [{ when: "true", need: 0 }] }
escalation:
  contacts: { webhook: "${webhook.url}?key=\${env:CANARY_WEBHOOK}" }
  policies:
    default: [ { after: 0s, notify: [chat, pagerduty, webhook] } ]`,
    ...platforms.settings,
    env: {
      ...platforms.settings.env,
      PAGERDUTY_ROUTING_KEY: ROUTING_KEY,
      PAGERDUTY_EVENTS_URL: pager.url,
      ALERT_WEBHOOK_SECRET: WEBHOOK_SECRET,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      VAULT_ADDR: vault.url,
      VAULT_ROLE_ID: vault.role.roleId,
      VAULT_SECRET_ID: vault.role.secretId,
      LOG_LEVEL: 'debug',
    },
  });
  const { folder } = reviver;
  const config = join(folder, 'reviver.yaml');
  await writeFile(config, (await readFile(config, 'utf8')).replaceAll('FOLDER', folder));
  await Promise.all([
    writeFile(join(folder, 'runbooks', 'leaky.yaml'), runbook(folder, database.url)),
    writeFile(join(folder, 'talker.cjs'), TALKER),
    writeFile(join(folder, 'shop.cjs'), SHOP),
    writeFile(join(folder, 'file.secret'), `${SECRETS.file}\n`),
    writeFile(join(folder, 'key.pem'), `${SECRETS.pem}\n`),
  ]);
  Object.assign(reviver.env, {
    CANARY_ENV: SECRETS.env,
    CANARY_WEBHOOK: SECRETS.webhook,
    CANARY_BEARER: SECRETS.bearer,
    CANARY_URL_PASSWORD: SECRETS.urlPassword,
    CANARY_SETTINGS: SECRETS.settings,
    OWN_KEY: SECRETS.own,
  });
  await startBoth(reviver);
  await reviver.start('scheduler', ['start', '--role', 'scheduler']);
  socket = new WebSocket(`ws://127.0.0.1:${reviver.port}/ws/events`, {
    headers: { authorization: `Bearer ${reviver.token('ann')}` },
  });
  socket.on('message', (data) => void events.push(String(data)));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
}, 120_000);

afterAll(async () => {
  socket?.terminate();
  const pid = await readFile(join(reviver.folder, 'data', 'processes', 'shop.pid'), 'utf8').catch(() => '');
  await reviver.stop();
  const shop = Number.parseInt(/\d+/.exec(pid)?.[0] ?? '', 10);
  if (shop > 0) process.kill(shop, 'SIGKILL');
  await Promise.all([
    platforms.close(),
    pager.close(),
    webhook.close(),
    vault.close(),
    collector.close(),
    parrot.close(),
  ]);
}, 60_000);

const soon = { timeoutMs: 60_000 };
const texts = new Map<string, string>();

async function get(path: string, headers: Record<string, string> = {}): Promise<void> {
  const answer = await reviver.send('GET', path, { headers });
  expect([path, answer.status]).toEqual([path, 200]);
  texts.set(`GET ${path} ${headers.accept ?? ''}`, await answer.text());
}

test('a recovery that says its secrets aloud leaves none of them anywhere', async () => {
  const started = await reviver.call('POST', '/recover/shop', { strategy: 'restart' });
  await reviver.reaches(started.body.id, 'SUCCEEDED', 60_000);
  const dry = await reviver.call('POST', '/recover/shop', { runbook: 'leaky', dry_run: true });
  texts.set('dry run', JSON.stringify(dry.body));
  expect(dry.status).toBe(200);

  const leaky = await reviver.call('POST', '/recover/shop', { runbook: 'leaky', reason: 'it leaks' });
  expect(`${leaky.status} ${leaky.body.detail ?? ''}`).toBe('202 ');
  const { id } = leaky.body;
  const ended = await reviver.reaches(id, 'FAILED', 90_000);
  const failed = ended.steps.map((step: { id: string; state: string }) => `${step.id} ${step.state}`);
  expect(failed).toEqual(
    expect.arrayContaining([
      'says_env failed',
      'says_and_succeeds succeeded',
      'bearer failed',
      'sql_error failed',
      'last failed',
    ]),
  );
  const drill = await reviver.call('POST', '/drills/shop', { runbook: 'leaky' });
  texts.set('drill', JSON.stringify(drill.body));
  expect(`${drill.status} ${drill.body.detail ?? ''}`).toBe('202 ');
  await reviver.reaches(drill.body.id, 'AWAITING_APPROVAL');
  expect((await reviver.call('POST', `/recoveries/${drill.body.id}/approve`, {}, 'lee')).status).toBe(200);
  await eventually(async () => expect((await reviver.recovery(drill.body.id)).ended_at).not.toBeNull(), {
    timeoutMs: 90_000,
  });

  // It was there: everybody who should has had it in their hands.
  const ledger = await readFile(join(reviver.folder, 'ledger.txt'), 'utf8');
  for (const name of ['env', 'file', 'vault', 'pem', 'health', 'settings'] as const)
    expect(ledger).toContain(SECRETS[name]);
  for (const name of ['bearer', 'urlPassword', 'vault', 'file'] as const)
    expect(heard.join('\n')).toContain(SECRETS[name]);

  await eventually(() => expect(pager.triggers).not.toEqual([]), soon);
  await eventually(() => expect(webhook.messages).not.toEqual([]), soon);
  await eventually(() => expect(JSON.stringify(platforms.slack.seen(SLACK))).toContain(id), soon);
  await eventually(() => expect(JSON.stringify(platforms.telegram.written(GROUP))).toContain(id), soon);
  await eventually(() => expect(events.join('\n')).toContain('recovery.failed'), soon);
  await eventually(() => expect(JSON.stringify(platforms.telegram.calls)).toContain('everybody hear'), soon);
  await eventually(() => expect(JSON.stringify(platforms.slack.calls)).toContain('everybody hear'), soon);

  for (const one of [id, drill.body.id]) {
    for (const path of [
      `/recoveries/${one}`,
      `/recoveries/${one}/postmortem`,
      `/recoveries/${one}/postmortem?format=markdown`,
      `/recoveries/${one}/postmortem?format=html`,
    ])
      await get(path);
  }
  for (const path of ['/status', '/recoveries', '/templates', '/openapi.json', '/metrics', '/health', '/policies/shop'])
    await get(path);

  const haystack: Haystack = new Map([
    ...texts,
    ...(await tablesOf(database)),
    ...(await keysOf(redis.url)),
    ...['server', 'worker', 'scheduler'].map((name) => [`log of ${name}`, reviver.log(name)] as const),
    ['Slack', JSON.stringify([platforms.slack.calls, platforms.slack.workspace])],
    ['Telegram', JSON.stringify(platforms.telegram.calls)],
    ['PagerDuty', JSON.stringify([pager.triggers, pager.incidents])],
    ['webhook', JSON.stringify(webhook.messages)],
    ['spans', collector.bodies.join('\n')],
    ['/ws/events', events.join('\n')],
  ]);
  for (const [place, text] of haystack)
    if (!place.startsWith('table')) expect([place, text.length > 0]).toEqual([place, true]);
  expect(leaksIn(haystack, SECRETS)).toEqual([]);
  expect(haystack.get('log of worker')).toContain('it says •••');
  expect(haystack.get('table public.steps')).toContain('before: •••');
  expect(haystack.get('Slack')).toContain('everybody hear: •••');
}, 300_000);

test('the search finds what it looks for', () => {
  for (const form of [
    SECRETS.env,
    JSON.stringify(SECRETS.env),
    encodeURIComponent(SECRETS.env),
    Buffer.from(SECRETS.env).toString('base64'),
  ])
    expect(leaksIn(new Map([['here', `x${form}y`]]), SECRETS)).not.toEqual([]);
});
