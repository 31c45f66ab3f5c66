import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, withDatabase } from '../support/index.js';
import { manyServices, NO_APPROVALS } from '../support/scene.js';
import { useChromium, withBrowser } from './support/chromium.js';
import { type ConsoleInstallation, installConsole } from './support/installation.js';
import { type Person, signIn } from './support/person.js';

const RUNBOOKS = {
  'quick.yaml':
    'id: quick\nparams: { word: { type: string, default: well } }\nsteps:\n  - { action: run_command, with: { command: [echo, "{{ params.word }}"] } }\n',
  'slow.yaml': 'id: slow\nsteps:\n  - { action: run_command, with: { command: [sleep, "60"] }, timeout: 2m }\n',
};
const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>';

const database = withDatabase();
const chromium = useChromium();
let reviver: ConsoleInstallation;

withBrowser('the command box', () => {
  beforeAll(async () => {
    const redisUrl = process.env.REDIS_URL ?? '';
    const services = manyServices(4);
    reviver = await installConsole({
      databaseUrl: database.url,
      redisUrl,
      services,
      runbooks: RUNBOOKS,
      more: NO_APPROVALS,
    });
    await reviver.run();
  }, 60_000);
  afterAll(() => reviver?.stop(), 30_000);

  const offered = (ann: Person) => ann.page.getByRole('option').locator('.insert').allInnerTexts();
  const options = (ann: Person, expected: unknown) =>
    eventually(async () => expect(await offered(ann)).toEqual(expected));

  test('completes services, runbooks and parameters by keyboard, and starts what was completed', async () => {
    const ann = await signIn(chromium, reviver, reviver.tokens.ann);
    const { keyboard } = ann.page;
    await eventually(async () => {
      await ann.box.fill('');
      await ann.box.pressSequentially('/recover s');
      expect(await offered(ann)).toEqual(expect.arrayContaining(['s1', 's2', 's3', 's4', 'slow', 'status']));
    });
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    expect(await ann.box.inputValue()).toBe('/recover s1 ');
    await keyboard.type('--ru');
    await options(ann, ['--runbook']);
    await keyboard.press('Tab');
    await options(ann, ['quick', 'slow']);
    await keyboard.press('Tab');
    await keyboard.type('w');
    await options(ann, ['word=well', 'word=']);
    await keyboard.press('Tab');
    expect(await ann.box.inputValue()).toBe('/recover s1 --runbook quick word=well ');
    await keyboard.press('Enter');
    await ann.card(/R-\d+ · s1 done in .*unverified/).waitFor();
    await ann.card('/recover s1 --runbook quick word=well').waitFor();
  }, 60_000);

  test('offers recoveries that are under way by their number', async () => {
    const ann = await signIn(chromium, reviver, reviver.tokens.ann);
    await ann.says('s4 --runbook slow');
    const card = ann.card(/R-\d+ · s4 · step 1/);
    await card.waitFor();
    const name = /R-\d+/.exec(await card.innerText())?.[0];
    await eventually(async () => {
      await ann.box.fill('cancel R');
      expect(await offered(ann)).toEqual([name]);
    });
    await ann.box.press('Tab');
    await ann.box.press('Enter');
    await ann.card(/R-\d+ · s4 · cancelled by Ann/).waitFor();
  }, 60_000);

  test('remembers what was said', async () => {
    const ann = await signIn(chromium, reviver, reviver.tokens.ann);
    for (const line of ['whoami', 'list']) await ann.says(line);
    await ann.box.press('ArrowUp');
    await ann.box.press('ArrowUp');
    expect(await ann.box.inputValue()).toBe('whoami');
    await ann.box.press('ArrowDown');
    await ann.box.press('ArrowDown');
    expect(await ann.box.inputValue()).toBe('');
  }, 30_000);

  test('answers a slip with what was meant, to its person alone, below what they said', async () => {
    const [ann, lee] = await Promise.all([
      signIn(chromium, reviver, reviver.tokens.ann),
      signIn(chromium, reviver, reviver.tokens.lee),
    ]);
    await ann.says('s22 --runbook quick');
    const guess = ann.card(/Did you mean s2/);
    await guess.getByText('Only you see this').waitFor();
    const order = await ann.page.locator('.channel .message').allInnerTexts();
    expect(order.at(-1)).toContain('Did you mean s2');
    expect(order.at(-2)).toContain('/recover s22 --runbook quick');
    await ann.presses(guess, 'Recover s2');
    await ann.card(/R-\d+ · s2 done in/).waitFor();
    await guess.waitFor({ state: 'detached' });
    await lee.card(/R-\d+ · s2 done in/).waitFor();
    expect(await lee.page.getByText('Did you mean s2').count()).toBe(0);
  }, 60_000);

  test('shows what is typed and answered as text, whatever it is', async () => {
    const ann = await signIn(chromium, reviver, reviver.tokens.ann);
    await ann.says(`"${HOSTILE}"`);
    await ann
      .card('Only you see this')
      .getByText(/No service, runbook or command/)
      .waitFor();
    await ann.page.locator('.said').filter({ hasText: '<script>document.title=2</script>' }).last().waitFor();
    expect(await ann.page.locator('#page img, #page script').count()).toBe(0);
    expect(await ann.page.title()).toBe('incidents · Reviver');
  }, 30_000);

  test('opens the form when nothing is in it, and what was chosen there is said as a command', async () => {
    const ann = await signIn(chromium, reviver, reviver.tokens.ann);
    await ann.says('/recover');
    const form = ann.page.getByRole('dialog', { name: 'What shall be recovered?' });
    await form.getByLabel('Service').selectOption('s3');
    await form.getByLabel('How', { exact: true }).selectOption({ label: 'quick' });
    await form.getByLabel('word').fill('two words');
    await form.getByLabel('Reason').fill('it is "stale"');
    await form.getByLabel(/Dry run/).check();
    await form.getByRole('button', { name: 'Show the plan' }).click();
    await ann.card('/recover s3 "word=two words" --runbook quick --dry-run --reason "it is \\"stale\\""').waitFor();
    await ann.card(/s3 · quick · nothing was touched/).waitFor();
  }, 30_000);

  test('asks once more before what is destructive, in the words of the button', async () => {
    const ann = await signIn(chromium, reviver, reviver.tokens.ann);
    await ann.says('s4 --runbook slow');
    const card = ann.card(/R-\d+ · s4 · step 1/);
    await ann.presses(card, 'Cancel');
    const dialog = ann.page.getByRole('dialog', { name: 'Please confirm' });
    await dialog.getByText(/Stop R-\d+ on s4\?/).waitFor();
    await ann.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await card.waitFor();
    await ann.presses(card, 'Cancel');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await ann.card(/R-\d+ · s4 · cancelled by Ann/).waitFor();
  }, 30_000);
});
