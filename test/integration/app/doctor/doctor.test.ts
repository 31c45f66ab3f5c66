import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runDoctor } from '../../../../src/app/doctor/doctor.js';
import { createToken } from '../../../../src/app/tokens/tokens.js';
import { APP_TOKEN, BOT_TOKEN, createSlackServer, SCOPES } from '../../../platforms/slack/slack-server.js';
import { BOT_USER } from '../../../platforms/slack/workspace.js';
import { startSmtp } from '../../../platforms/smtp/smtp-server.js';
import { ACCOUNT_SID, AUTH_TOKEN, FROM, startTwilio } from '../../../platforms/twilio/twilio-server.js';
import { freePort, startOwnRedis, withDatabase } from '../../../support/index.js';

const database = withDatabase();

describe('reviver doctor', () => {
  let folder: string;
  let healthy: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'doctor-'));
    const redis = await startOwnRedis({ args: ['--appendonly', 'yes'] });
    healthy = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      REVIVER_DATA: join(folder, 'data'),
      REVIVER_SECRET_KEY: 'a1'.repeat(32),
      REVIVER_CONFIG: 'config/reviver.yaml',
      REVIVER_RUNBOOKS: 'runbooks',
    };
    await createToken(join(folder, 'data', 'tokens.json'), { name: 'ci', roles: ['viewer'] }, new Date());
  });
  afterAll(() => rm(folder, { recursive: true }));

  const examine = async (changed: NodeJS.ProcessEnv = {}) => {
    const { ok, lines } = await runDoctor({ env: { ...healthy, ...changed } });
    return { ok, text: lines.join('\n') };
  };

  test('finds everything in order, but that this server gives its superuser', async () => {
    const { ok, text } = await examine();
    expect(text).toMatch(/✓ database +PostgreSQL 15\S* answers/);
    expect(text).toMatch(/✓ database +the schema is up to date/);
    expect(text).toMatch(/✓ redis +maxmemory-policy is noeviction/);
    expect(text).toMatch(/✓ constitution +cdd01ef066bc6cf2, file SHA-256 [0-9a-f]{16}…/);
    expect(text.match(/^[!✗].*/gm)).toEqual([
      '! audit           postgres is a superuser: only triggers keep it from changing entries',
    ]);
    expect(text).toMatch(/\n1 could be better, 16 in order\.$/);
    expect(ok).toBe(true);
  });

  test('asks Slack what the app lacks there, and says how to give it', async () => {
    const slack = await createSlackServer({ scopes: SCOPES.filter((scope) => scope !== 'app_mentions:read') });
    const config = join(folder, 'slack.yaml');
    const plain = await readFile('config/reviver.yaml', 'utf8');
    await writeFile(config, plain.replace(/^ {2}incidents: .*$/m, '  incidents: { slack: C0INC }'));
    const variables = {
      REVIVER_CONFIG: config,
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_APP_TOKEN: APP_TOKEN,
      SLACK_API_URL: slack.apiUrl,
    };
    try {
      slack.workspace.open({ id: 'C0INC' }).members.delete(BOT_USER);
      const { ok, text } = await examine(variables);
      expect(text).toMatch(/✓ slack +reviver answers in the workspace T0TEAM/);
      expect(text).toMatch(/✗ slack +The app lacks the scope app_mentions:read\n +To mend: Update it/);
      expect(text).toMatch(
        /✗ slack +The app is not in the incidents channel C0INC .*\n +To mend: Type `\/invite @reviver` in it\./,
      );
      expect(ok).toBe(false);
      slack.faults.failNext('auth.test', 1, 'invalid_auth');
      expect((await examine(variables)).text).toContain('Slack refuses the bot token: set SLACK_BOT_TOKEN anew');
    } finally {
      await slack.close();
    }
  });

  test('logs in where pages are sent, tells nobody, and says what is refused or reaches nobody', async () => {
    const [smtp, sms] = [await startSmtp(), await startTwilio()];
    const config = join(folder, 'pagers.yaml');
    const plain = await readFile('config/reviver.yaml', 'utf8');
    const contacts = 'escalation:\n  contacts: { email: [oncall@example.com], sms: ["+15005550101"] }';
    await writeFile(config, plain.replace(/^escalation:$/m, contacts));
    const variables = {
      REVIVER_CONFIG: config,
      SMTP_URL: smtp.url,
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_FROM: FROM,
      TWILIO_API_URL: sms.url,
    };
    try {
      const { text } = await examine(variables);
      expect(text).toMatch(/✓ pagers +email lets us in/);
      expect(text).toMatch(/✓ pagers +sms lets us in/);
      expect(text).toMatch(
        /! pagers +escalation\.policies names what reaches nobody: pagerduty \(PAGERDUTY_ROUTING_KEY/,
      );
      expect([...smtp.mails, ...sms.messages]).toEqual([]);
      const wrong = { ...variables, TWILIO_AUTH_TOKEN: 'f'.repeat(32), SMTP_URL: `smtp://me:wrong@${smtp.host}` };
      const refused = await examine(wrong);
      expect(refused.text).toContain('The mail server refuses the login of SMTP_URL');
      expect(refused.text).toContain('Twilio refuses it (20003): Authenticate; look at TWILIO_ACCOUNT_SID');
      expect(refused.ok).toBe(false);
    } finally {
      await smtp.close();
      await sms.close();
    }
  });

  test('works while the databases are down, and says how to mend it', async () => {
    const [postgres, redis] = [await freePort(), await freePort()];
    const down = {
      DATABASE_URL: `postgresql://ann:s3cret@127.0.0.1:${postgres}/db`,
      REDIS_URL: `redis://:s3cret@127.0.0.1:${redis}`,
    };
    const { ok, text } = await examine(down);
    expect(text).toMatch(new RegExp(`✗ database +127\\.0\\.0\\.1:${postgres}/db cannot be reached: .*ECONNREFUSED`));
    expect(text).toMatch(new RegExp(`✗ redis +127\\.0\\.0\\.1:${redis} cannot be reached: .*ECONNREFUSED`));
    expect(text).toContain('To mend: Start PostgreSQL');
    expect(text).toContain('✓ runbooks');
    expect(text).not.toContain('s3cret');
    expect(ok).toBe(false);
  });

  test('does not wait for what accepts a connection and never answers', async () => {
    const silent = await listenSilently();
    try {
      const env = {
        ...healthy,
        DATABASE_URL: `postgresql://a@127.0.0.1:${silent.port}/db`,
        REDIS_URL: `redis://127.0.0.1:${silent.port}`,
      };
      const began = Date.now();
      const { ok, lines } = await runDoctor({ env, timeoutMs: 300 });
      expect(Date.now() - began).toBeLessThan(2_000);
      expect(lines.join('\n')).toMatch(/✗ database +no answer within 0\.3 s/);
      expect(lines.join('\n')).toMatch(/✗ redis +no answer within 0\.3 s/);
      expect(ok).toBe(false);
    } finally {
      silent.close();
    }
  });

  test('tells a password that the server refuses from a server that is down', async () => {
    const wrong = new URL(database.url);
    wrong.password = 'wrong';
    expect((await examine({ DATABASE_URL: wrong.href })).text).toMatch(/✗ database .*password authentication failed/);
    const guarded = await startOwnRedis({ args: ['--requirepass', 's3cret'] });
    expect((await examine({ REDIS_URL: guarded.url })).text).toMatch(/✗ redis .*NOAUTH/);
    expect((await examine({ REDIS_URL: guarded.url.replace('//', '//:wrong@') })).text).toMatch(/✗ redis .*WRONGPASS/);
  });

  test('finds settings of Redis that lose work', async () => {
    const careless = await startOwnRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] });
    const { ok, text } = await examine({ REDIS_URL: careless.url });
    expect(text).toMatch(/✗ redis +maxmemory-policy is allkeys-lru\n +To mend: Set "maxmemory-policy noeviction"/);
    expect(text).toMatch(/! redis +the append-only file is off/);
    expect(ok).toBe(false);
  });

  test('finds a schema that was never made, without making it', async () => {
    const empty = new URL(database.url);
    empty.pathname = '/postgres';
    const env = { DATABASE_URL: empty.href };
    await examine(env);
    const { ok, text } = await examine(env);
    expect(text).toMatch(/! database +(\d+) of \1 migrations have not been run/);
    expect(ok).toBe(true);
  });

  test('finds bad variables, a bad configuration, open tokens and a folder without runbooks, all at once', async () => {
    const config = join(folder, 'bad.yaml');
    const data = join(folder, 'open');
    await writeFile(config, 'services:\n  - { name: a, runtime: dokcer }\n');
    await createToken(join(data, 'tokens.json'), { name: 'ci', roles: ['viewer'] }, new Date());
    await chmod(join(data, 'tokens.json'), 0o644);
    await mkdir(join(folder, 'empty'));
    const { ok, text } = await examine({
      REVIVER_CONFIG: config,
      REVIVER_DATA: data,
      REVIVER_RUNBOOKS: join(folder, 'empty'),
      REVIVER_SECRET_KEY: 'short',
      PORT: 'x',
    });
    expect(text).toContain('✗ environment     PORT: "x" is not allowed');
    expect(text).toMatch(/✗ config +\S*bad\.yaml:2:16 services\[0\]\.runtime: "dokcer" is not allowed/);
    expect(text).toMatch(/✗ tokens .*can be read by others \(mode 644\)\n +To mend: Run: chmod 600 /);
    expect(text).toMatch(/! runbooks .*holds no runbook/);
    expect(text).not.toContain('short');
    expect(ok).toBe(false);
  });

  test('finds a constitution that is not the one of the configuration', async () => {
    const { ok, text } = await examine({ CONSTITUTIONAL_HASH: '0123456789abcdef' });
    expect(text).toMatch(/✗ constitution +the constitutional hash is cdd01ef066bc6cf2 here and 0123456789abcdef there/);
    expect(ok).toBe(false);
  });
});

/** Accepts connections and says nothing. */
async function listenSilently(): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port, close };
}
