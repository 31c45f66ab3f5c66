import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { COMMANDS } from '../../../src/bot/commands/table.js';
import { createConsole } from '../../../src/bot/console/console.js';
import { loadPage } from '../../../src/bot/console/page-files.js';
import { consoleRoutes } from '../../../src/bot/console/routes.js';
import type { Card, ChatInput, FormChoices } from '../../../src/bot/port.js';
import { createConsoleStore } from '../../../src/store/console-store.js';
import { type ApiServer, startApi } from '../../support/api-server.js';
import { createTestDesk } from '../../support/desk.js';
import { createFakeEngine } from '../../support/fake-engine.js';
import { withDatabase } from '../../support/index.js';
import { recoveryView } from '../../support/recovery-view.js';

const CHOICES: FormChoices = {
  services: [{ name: 'redis', runbooks: ['redis_outage'], strategies: ['restart'] }],
  parameters: { redis_outage: [{ name: 'backup', type: 'string', default: 'redis_backup' }] },
};
const HOME: Card = { tone: 'neutral', title: 'all is well', lines: [], buttons: [] };

const database = withDatabase();
let pool: Pool;
let folder: string;
let server: ApiServer;
const inputs: ChatInput[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'));
  await mkdir(join(folder, 'view'));
  const html = '<link href="{{base}}/style.css"><!-- modules --><script src="{{base}}/main.js"></script>{{version}}';
  const files = {
    'console.html': html,
    'main.js': 'start()',
    'style.css': 'p {}',
    'view/card.js': 'card()',
    'notes.txt': 'x',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  const engine = createFakeEngine();
  engine.put(recoveryView({ recovery: { id: 41, service: 'redis', state: 'IN_PROGRESS' } }));
  const store = createConsoleStore<Card>(pool);
  const { platform, doors } = createConsole({ engine, store, channels: ['incidents', 'ops'], log: () => {} });
  const answered = createTestDesk(
    async (input) => {
      inputs.push(input);
      await platform.reply(input, { ...HOME, title: 'only for you' });
    },
    {
      choices: () => CHOICES,
      home: async (language) => [{ ...HOME, title: language }],
      language: (channel) => (channel === 'ops' ? 'ru' : 'en'),
    },
  );
  await platform.start(answered);
  server = await startApi({ engine, routes: consoleRoutes(doors, () => loadPage([folder])) });
});
afterAll(async () => {
  await server.close();
  await pool.end();
  await rm(folder, { recursive: true });
});

const get = (path: string, token: string | null = null) => server.call('GET', path, { token });

describe('the page', () => {
  test('is given without a token, and may load nothing but its own files', async () => {
    const { status, headers, body } = await get('/console');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ])
      expect(policy).toContain(rule);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual(['no-cache', 'no-referrer']);
    expect(headers.get('set-cookie')).toBeNull();
    expect(body).not.toContain('{{');
  });

  test('names its files under their version, and those are kept for good', async () => {
    const { body } = await get('/console');
    const [base] = /\/console\/page\/\w+/.exec(body) ?? [];
    for (const [path, type] of [
      ['main.js', 'text/javascript; charset=utf-8'],
      ['view/card.js', 'text/javascript; charset=utf-8'],
      ['style.css', 'text/css; charset=utf-8'],
    ]) {
      expect(path === 'style.css' || body.includes(`${base}/${path}`)).toBe(true);
      const file = await get(`${base}/${path}`);
      expect([file.status, file.headers.get('content-type')]).toEqual([200, type]);
      expect(file.headers.get('cache-control')).toContain('immutable');
      expect(file.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  test('has no file of another version, of another kind, or outside its folder', async () => {
    const [base = ''] = /\/console\/page\/\w+/.exec((await get('/console')).body) ?? [];
    for (const path of [
      '/console/page/0000/main.js',
      `${base}/notes.txt`,
      `${base}/nothing.js`,
      `${base}/..%2f..%2fpackage.json`,
      `${base}/__proto__`,
      `${base}/view/constructor`,
    ])
      expect((await get(path)).status).toBe(404);
  });

  test('says so where it was not built', async () => {
    const bare = await startApi({ routes: consoleRoutes(createdDoors(), () => loadPage([join(folder, 'view')])) });
    const { status, body } = await bare.call('GET', '/console', { token: null });
    await bare.close();
    expect([status, body]).toEqual([503, expect.stringContaining('Run npm run build')]);
  });

  function createdDoors() {
    const engine = createFakeEngine();
    return createConsole({ engine, store: createConsoleStore<Card>(pool), channels: ['a'], log: () => {} }).doors;
  }
});

describe('what the page asks for', () => {
  test('wants a token each', async () => {
    for (const path of ['me', 'channels', 'channels/ops/completions', 'channels/ops/home', 'channels/ops/messages'])
      expect((await get(`/console/api/${path}`)).status).toBe(401);
  });

  test('channels have the language of their people, and so has the overview', async () => {
    expect((await get('/console/api/channels', 'tok-ann')).body.items).toEqual([
      { name: 'incidents', language: 'en' },
      { name: 'ops', language: 'ru' },
    ]);
    expect((await get('/console/api/channels/ops/home', 'tok-ann')).body.cards).toMatchObject([{ title: 'ru' }]);
    expect((await get('/console/api/channels/nowhere/home', 'tok-ann')).status).toBe(404);
  });

  test('every command can be completed, with what may follow it', async () => {
    const { body } = await get('/console/api/channels/incidents/completions', 'tok-ann');
    expect(body.commands.map(({ name }: { name: string }) => name)).toEqual(COMMANDS.map(({ name }) => name));
    const takes = Object.fromEntries(
      body.commands.map((each: { name: string; takes: string[] }) => [each.name, each.takes]),
    );
    expect(takes).toMatchObject({
      recover: ['service', 'runbook'],
      status: ['recovery', 'incident', 'service'],
      approve: ['recovery'],
      help: ['command'],
      whoami: [],
    });
    const russian = (await get('/console/api/channels/ops/completions', 'tok-ann')).body;
    expect(russian.commands.map(({ summary }: { summary: string }) => summary).join()).toMatch(/[а-я]/);
    expect(body).toMatchObject({ ...CHOICES, recoveries: [{ name: 'R-41', service: 'redis', state: 'IN_PROGRESS' }] });
  });

  test('a form is said in its channel as the command that it stands for', async () => {
    inputs.length = 0;
    const form = {
      channel: 'ops',
      service: 'redis',
      runbook: 'redis_outage',
      params: { backup: 'a b' },
      dry_run: true,
    };
    const { status, body } = await server.call('POST', '/console/api/forms', {
      body: { ...form, reason: 'it is "old"' },
    });
    expect([status, body.replies[0]?.card.title]).toEqual([202, 'only for you']);
    expect(inputs).toMatchObject([
      { user: 'ann', text: 'redis "backup=a b" --runbook redis_outage --dry-run --reason "it is \\"old\\""' },
    ]);
    const { items } = (await get('/console/api/channels/ops/messages', 'tok-ann')).body;
    expect(items.at(-1)).toMatchObject({
      id: body.message,
      author: 'Ann',
      card: { title: `/recover ${inputs[0]?.text}` },
    });
  });

  test('a form with a bad field names it', async () => {
    const { status, body } = await server.call('POST', '/console/api/forms', { body: { channel: 'ops', service: '' } });
    expect([status, body.field]).toEqual([422, 'service']);
  });
});
