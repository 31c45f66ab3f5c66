import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, withDatabase } from '../support/index.js';
import type { Answer, Running } from '../support/reviver.js';
import { manyServices, NO_APPROVALS } from '../support/scene.js';
import { useChromium, withBrowser } from './support/chromium.js';
import { type ConsoleInstallation, installConsole } from './support/installation.js';
import { picture } from './support/looks.js';
import { type Person, signIn } from './support/person.js';

const QUICK = 'id: quick\nsteps:\n  - { action: run_command, with: { command: [echo, well] } }\n';

const database = withDatabase();
const chromium = useChromium();
let reviver: ConsoleInstallation;
let server: Running;

withBrowser('when the server goes away and comes back', () => {
  beforeAll(async () => {
    reviver = await installConsole({
      databaseUrl: database.url,
      redisUrl: process.env.REDIS_URL ?? '',
      services: manyServices(3),
      runbooks: { 'quick.yaml': QUICK },
      more: NO_APPROVALS,
    });
    server = await reviver.run();
  }, 60_000);
  afterAll(() => reviver?.stop(), 30_000);

  const stop = async () => {
    server.kill('SIGKILL');
    await server.ended;
  };
  const banner = ({ page }: Person) => page.getByText(/Connection lost for \d+ s\. What you see may be old/);

  test('the page says so calmly, catches up by itself, and shows everything once', async () => {
    const ann = await signIn(chromium, reviver, reviver.tokens.ann);
    await ann.says('s1 --runbook quick');
    await ann.card(/s1 done in/).waitFor();
    await stop();
    await banner(ann).waitFor();
    await picture(ann.page, 'connection-lost');
    server = await reviver.run();
    const post = (text: string) => say(text, reviver.tokens.lee);
    await Promise.all([post('s2 --runbook quick'), post('help'), post('s3 --runbook quick')]);
    await banner(ann).waitFor({ state: 'detached', timeout: 30_000 });
    for (const name of ['s2', 's3']) await ann.card(new RegExp(`${name} done in`)).waitFor();
    await eventually(async () => {
      const shown = await ann.page
        .locator('.channel [data-message]')
        .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-message')));
      expect(shown).toEqual(await stored(reviver.tokens.lee));
    });
  }, 90_000);

  test('what was said meanwhile is not lost: it can be repeated, and is done once', async () => {
    const ann = await signIn(chromium, reviver, reviver.tokens.ann);
    await ann.card(/s3 done in/).waitFor();
    const before = (await stored(reviver.tokens.lee)).length;
    await stop();
    await ann.says('status');
    const lost = ann.card('This may not have reached Reviver');
    await lost.getByText('/recover status').waitFor();
    server = await reviver.run();
    await banner(ann).waitFor({ state: 'detached', timeout: 30_000 });
    await ann.presses(lost, 'Try again');
    await ann.card(/\d running, \d waiting/).waitFor();
    await lost.waitFor({ state: 'detached' });
    expect((await stored(reviver.tokens.lee)).length).toBe(before + 1);
  }, 60_000);

  test('a token that was revoked meanwhile ends the visit, and says why', async () => {
    const ann = await signIn(chromium, reviver, reviver.tokens.ann);
    await reviver.revoke('ann-page');
    await ann.says('status');
    await ann.page.getByRole('alert').filter({ hasText: 'Your token no longer holds' }).waitFor();
    expect(await ann.page.evaluate('sessionStorage.length')).toBe(0);
  }, 30_000);

  /** Ids of the messages of the channel, as the server has them. */
  async function stored(token: string): Promise<string[]> {
    const response = await fetch(`${reviver.url}/api/channels/incidents/messages?limit=200`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { items }: Answer = await response.json();
    return items.map(({ id }: { id: string }) => id);
  }

  async function say(text: string, token: string): Promise<void> {
    const response = await fetch(`${reviver.url}/api/commands`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'incidents', text }),
    });
    expect(response.status).toBe(202);
  }
});
