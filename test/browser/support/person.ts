import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Chromium } from './chromium.js';
import type { ConsoleInstallation } from './installation.js';

/** Somebody at the page: finds things as people and screen readers do, by what they are called. */
export interface Person {
  page: Page;
  box: Locator;
  says(line: string): Promise<void>;
  /** The newest message whose text has this. */
  card(text: string | RegExp): Locator;
  presses(card: Locator, label: string): Promise<void>;
}

/** Signs in with a token, as people do. */
export async function signIn(
  chromium: Chromium,
  { url }: ConsoleInstallation,
  token: string,
  options: BrowserContextOptions = {},
): Promise<Person> {
  const page = await chromium.open(url, options);
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return personAt(page);
}

export async function personAt(page: Page): Promise<Person> {
  const box = page.locator('#box-channel');
  await box.waitFor();
  return {
    page,
    box,
    async says(line) {
      await box.fill(line);
      await box.press('Enter');
    },
    card: (text) => page.locator('.channel .message').filter({ hasText: text }).last(),
    presses: (card, label) => card.getByRole('button', { name: label, exact: true }).click(),
  };
}
