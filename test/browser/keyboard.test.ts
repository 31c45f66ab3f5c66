import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withDatabase } from '../support/index.js';
import { manyServices } from '../support/scene.js';
import { PHONE, useChromium, withBrowser } from './support/chromium.js';
import { type ConsoleInstallation, installConsole } from './support/installation.js';
import { overflow, picture } from './support/looks.js';
import { personAt, signIn } from './support/person.js';

const ASKED =
  'id: asked\nsteps:\n  - { name: "Look at the files", action: run_command, with: { command: [echo, "4 files"] } }\n';

const database = withDatabase();
const chromium = useChromium();
let reviver: ConsoleInstallation;

withBrowser('the page', () => {
  beforeAll(async () => {
    reviver = await installConsole({
      databaseUrl: database.url,
      redisUrl: process.env.REDIS_URL ?? '',
      services: manyServices(2),
      runbooks: { 'asked.yaml': ASKED },
      more: 'approvals: { rules: [{ when: "true", need: 1, role: approver }] }',
    });
    await reviver.run();
  }, 60_000);
  afterAll(() => reviver?.stop(), 30_000);

  test('can be used without a pointer: sign in, ask, read the thread, approve', async () => {
    const [page, lees] = [await chromium.open(reviver.url), await chromium.open(reviver.url)];
    for (const [at, token] of [
      [page, reviver.tokens.ann],
      [lees, reviver.tokens.lee],
    ] as const) {
      await at.getByLabel('Token', { exact: true }).waitFor();
      await at.keyboard.type(token);
      await at.keyboard.press('Enter');
    }
    const [ann, lee] = [await personAt(page), await personAt(lees)];
    const focused = () => lees.evaluate<string>('document.activeElement.textContent');

    await page.keyboard.type('s1 --runbook asked');
    await page.keyboard.press('Enter');
    const plan = lee.card('R-1 · s1 · waiting for approval');
    await plan.waitFor();
    await lee.box.press('Escape');
    await lees.keyboard.press('k');
    expect(await focused()).toContain('R-1 · s1 · waiting for approval');

    await lees.keyboard.press('Enter');
    const thread = lees.getByRole('complementary', { name: 'Thread' });
    await thread.waitFor();
    await lees.keyboard.press('Escape');
    await thread.waitFor({ state: 'detached' });
    expect(await focused()).toContain('R-1 · s1 · waiting for approval');

    await lees.keyboard.press('Tab');
    expect(await focused()).toBe('Thread · 1');
    await lees.keyboard.press('Tab');
    expect(await focused()).toBe('Approve');
    await lees.keyboard.press('Enter');
    await ann.card(/R-1 · s1 done in/).waitFor();
    await lee.card(/R-1 · s1 done in/).waitFor();
    expect(await focused()).toContain('R-1 · s1 done in');
  }, 60_000);

  test('lists its keys, goes to the overview and back', async () => {
    const { page, box } = await signIn(chromium, reviver, reviver.tokens.ann);
    await box.press('Escape');
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keys of this page' });
    await keys.getByText('go to the command box').waitFor();
    await picture(page, 'keys');
    await page.keyboard.press('Escape');
    await keys.waitFor({ state: 'detached' });
    await page.keyboard.press('h');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.keyboard.press(']');
    await box.waitFor();
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.id')).toBe('box-channel');
    await page.keyboard.type('?/');
    expect(await box.inputValue()).toBe('?/');
  }, 30_000);

  test('tells screen readers of new messages, and names what has no text', async () => {
    const { page, says } = await signIn(chromium, reviver, reviver.tokens.ann);
    await says('s2 --runbook asked');
    await page
      .locator('[aria-live=polite]')
      .filter({ hasText: /Reviver: R-\d+ · s2 · waiting for approval/ })
      .waitFor();
    const nameless = await page
      .locator('button, input, select')
      .evaluateAll(
        (nodes) =>
          nodes.filter((node) => !(node.getAttribute('aria-label') || node.textContent?.trim() || node.id)).length,
      );
    expect(nameless).toBe(0);
  }, 30_000);

  test('fits a phone of 360 pixels: menu, thread over the whole screen, targets for thumbs', async () => {
    const phone = { viewport: PHONE, isMobile: true, hasTouch: true };
    const { page, card } = await signIn(chromium, reviver, reviver.tokens.ann, phone);
    const plan = card(/R-\d+ · s2 · waiting for approval/);
    await plan.waitFor();
    expect(await overflow(page)).toBe(0);
    for (const button of await plan.locator('.buttons button').all())
      expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(42);
    await plan.getByRole('button', { name: /^Thread/ }).tap();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    expect(await thread.boundingBox()).toEqual({ x: 0, y: 0, ...PHONE });
    await picture(page, 'thread-phone');
    await page.getByRole('button', { name: 'Close the thread' }).tap();
    await page.getByRole('button', { name: 'Menu' }).tap();
    await page.getByRole('button', { name: 'Overview' }).tap();
    await page
      .locator('.home')
      .getByText(/waiting for people/)
      .first()
      .waitFor();
    expect(await overflow(page)).toBe(0);
  }, 30_000);
});
