import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, withDatabase } from '../support/index.js';
import type { Answer } from '../support/reviver.js';
import { PHONE, useChromium, withBrowser } from './support/chromium.js';
import { type ConsoleInstallation, installConsole } from './support/installation.js';
import { faintTexts, overflow, picture } from './support/looks.js';
import { type Patient, startPatient } from './support/patient.js';
import { type Person, signIn } from './support/person.js';

const database = withDatabase();
const chromium = useChromium();
let patient: Patient;
let reviver: ConsoleInstallation;

withBrowser('a recovery, seen at a desk by Ann and on a phone by Lee', () => {
  beforeAll(async () => {
    patient = await startPatient();
    const redisUrl = process.env.REDIS_URL ?? '';
    reviver = await installConsole({ databaseUrl: database.url, redisUrl, ...patient.configuration });
    await reviver.run();
  }, 60_000);
  afterAll(async () => {
    await patient?.stop();
    await reviver?.stop();
  }, 30_000);

  test('goes from the alert over plan, approval and progress to its summary, live on both', async () => {
    const ann = await signIn(chromium, reviver, reviver.tokens.ann);
    const phone = { viewport: PHONE, colorScheme: 'light' as const, isMobile: true, hasTouch: true };
    const lee = await signIn(chromium, reviver, reviver.tokens.lee, phone);
    /** Both see it, it can be read, and nothing of it is wider than the phone. */
    const seen = async (name: string) => {
      await picture(ann.page, name);
      await picture(lee.page, `${name}-phone`);
      expect([await faintTexts(ann.page), await faintTexts(lee.page)]).toEqual([[], []]);
      expect([await overflow(ann.page), await overflow(lee.page)]).toEqual([0, 0]);
    };

    await patient.kill();
    for (const person of [ann, lee]) await person.card('redis is down').waitFor({ timeout: 30_000 });
    await seen('alert');

    await ann.presses(ann.card('redis is down'), 'Recover');
    const plan = (person: Person) => person.card('R-1 · redis · waiting for approval');
    for (const person of [ann, lee]) await plan(person).waitFor();
    await plan(ann).locator('.note').getByText('needs approval').waitFor();
    await seen('plan');

    await ann.presses(plan(ann), 'Approve');
    const refusal = ann.card('someone else must approve it');
    await refusal.getByText('Only you see this').waitFor();
    expect(await lee.page.getByText('someone else must approve it').count()).toBe(0);
    await picture(ann.page, 'approval');
    await refusal.getByRole('button', { name: 'Dismiss' }).click();
    await refusal.waitFor({ state: 'detached' });

    const clicks: string[] = [];
    lee.page.on('request', (request) => request.url().endsWith('/clicks') && clicks.push(request.url()));
    let meanwhile: string[] = [];
    await lee.page.route('**/console/api/clicks', async (route) => {
      meanwhile = await plan(lee).locator('.buttons button').allInnerTexts();
      await picture(lee.page, 'approval-phone');
      await route.continue();
    });
    await plan(lee).getByRole('button', { name: 'Approve' }).dblclick();
    const running = (person: Person) => person.card('R-1 · redis · step 2 of 4');
    for (const person of [ann, lee]) await running(person).waitFor();
    expect(clicks).toHaveLength(1);
    expect(meanwhile).toEqual(['Approve …', 'Reject', 'Details', 'Cancel']);
    const { body } = await reviver.call('GET', '/recoveries/R-1/events');
    const decisions = body.items.filter(({ kind }: { kind: string }) => /^approval\.(decided|refused)$/.test(kind));
    expect(decisions.map(({ kind, actor }: Answer) => `${kind} ${actor}`)).toEqual([
      'approval.refused Ann',
      'approval.decided Lee',
    ]);

    await staysWhereItIs(ann);
    await running(ann)
      .getByRole('button', { name: /^Thread/ })
      .click();
    const thread = ann.page.getByRole('complementary', { name: 'Thread' });
    await thread
      .getByText(/Stop redis/)
      .last()
      .waitFor();
    await seen('progress');

    await patient.gate.open();
    for (const person of [ann, lee]) await person.card(/R-1 · redis recovered in/).waitFor();
    await thread
      .getByText(/redis recovered in/)
      .last()
      .waitFor();
    const summary = (person: Person) => person.card(/R-1 · redis recovered in/);
    await ann.page.getByRole('button', { name: 'Close the thread' }).click();
    await thread.waitFor({ state: 'detached' });
    await ann.presses(summary(ann), 'Yes');
    await ann.card('Your vote counts: R-1 helped.').waitFor();
    for (const person of [ann, lee]) await summary(person).getByText('Did this help? Yes: Ann.').waitFor();
    await ann.card('Your vote counts').getByRole('button', { name: 'Dismiss' }).click();
    await seen('summary');
    for (const person of [ann, lee]) expect(await person.page.locator('.channel .card.tone-running').count()).toBe(0);
  }, 120_000);

  test('is seen in the overview, with the health of the services', async () => {
    const ann = await signIn(chromium, reviver, reviver.tokens.ann);
    await ann.page.getByRole('button', { name: 'Overview' }).click();
    await ann.page
      .locator('.home')
      .getByText(/redis: healthy/)
      .waitFor();
    await picture(ann.page, 'overview');
    expect(await faintTexts(ann.page)).toEqual([]);
  }, 30_000);
});

/** While the card is edited, its button keeps the focus and the card its place. */
async function staysWhereItIs({ page, card }: Person): Promise<void> {
  const running = card('R-1 · redis · step 2 of 4');
  const cancel = running.getByRole('button', { name: 'Cancel' });
  await cancel.focus();
  const [title, place] = [await running.locator('.title').innerText(), await cancel.boundingBox()];
  await eventually(async () => expect(await running.locator('.title').innerText()).not.toBe(title), {
    timeoutMs: 15_000,
  });
  expect(await cancel.boundingBox()).toEqual(place);
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Cancel');
}
