import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { withDatabase } from '../support/index.js';
import { manyServices } from '../support/scene.js';
import { useChromium, withBrowser } from './support/chromium.js';
import { type ConsoleInstallation, installConsole } from './support/installation.js';
import { faintTexts } from './support/looks.js';
import { personAt, signIn } from './support/person.js';

const database = withDatabase();
const chromium = useChromium();
let reviver: ConsoleInstallation;

withBrowser('signing in', () => {
  beforeAll(async () => {
    const redisUrl = process.env.REDIS_URL ?? '';
    reviver = await installConsole({ databaseUrl: database.url, redisUrl, services: manyServices(1) });
    await reviver.run();
  }, 60_000);
  afterAll(() => reviver?.stop(), 30_000);

  const tryToken = async (page: Page, token: string) => {
    await page.getByLabel('Token', { exact: true }).fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };

  test('says why a token is not taken, and what to do', async () => {
    const page = await chromium.open(reviver.url);
    const problem = page.getByRole('alert');
    await tryToken(page, 'rvr_nonsense');
    await problem.filter({ hasText: 'Reviver does not know this token' }).waitFor();
    await tryToken(page, reviver.tokens.expired);
    await problem.filter({ hasText: 'This token has expired. Ask for a new one.' }).waitFor();
    await tryToken(page, reviver.tokens.robot);
    await problem.filter({ hasText: 'The console is for people: use a token that was made with --person.' }).waitFor();
    await tryToken(page, 'two words');
    await problem.filter({ hasText: 'This is no token' }).waitFor();
    expect(await faintTexts(page)).toEqual([]);
  }, 30_000);

  test('keeps the token in this tab alone, and neither in a cookie nor in an address', async () => {
    const { page } = await signIn(chromium, reviver, reviver.tokens.ann);
    const kept = 'JSON.stringify([sessionStorage.length, localStorage.length, document.cookie, location.href])';
    expect(await page.evaluate(kept)).toBe(JSON.stringify([1, 0, '', reviver.url]));
    await page.reload();
    await personAt(page);
    const other = await page.context().newPage();
    await other.goto(reviver.url);
    await other.getByRole('button', { name: 'Sign in' }).waitFor();
  }, 30_000);

  test('lasts on this device only for who asks for that, and ends with signing out', async () => {
    const page = await chromium.open(reviver.url);
    await page.getByLabel('Stay signed in').check();
    await tryToken(page, reviver.tokens.lee);
    await personAt(page);
    const other = await page.context().newPage();
    await other.goto(reviver.url);
    await personAt(other);
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.getByLabel('Token', { exact: true }).waitFor();
    expect(await other.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
  }, 30_000);

  test('speaks Russian to a browser that prefers it', async () => {
    const page = await chromium.open(reviver.url, { locale: 'ru-RU' });
    await page.getByRole('button', { name: 'Войти' }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('ru');
  }, 30_000);
});
