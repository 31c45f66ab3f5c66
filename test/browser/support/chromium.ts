import { afterAll, afterEach, describe } from '@jest/globals';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `describe` where there is a browser; `npm test` says why there is none, and whether that was allowed. */
export const withBrowser = process.env.CHROMIUM ? describe : describe.skip;

export const DESKTOP = { width: 1200, height: 760 };
export const PHONE = { width: 360, height: 740 };

export interface Chromium {
  /** A person's own browser: nothing is shared with the others. Fails the test when the page breaks its own rules. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
}

/** One Chromium for the file that calls it at its top; what a test opens is closed with the test. */
export function useChromium(): Chromium {
  let browser: Browser | undefined;
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];

  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    const heard = complaints.splice(0);
    if (heard.length > 0) throw new Error(`the page complained: ${heard.join('; ')}`);
  });
  afterAll(() => browser?.close());

  return {
    async open(url, options = {}) {
      browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM ?? '', args: FLAGS });
      const context = await browser.newContext({ viewport: DESKTOP, colorScheme: 'dark', locale: 'en-GB', ...options });
      context.setDefaultTimeout(15_000);
      contexts.push(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (/Content Security Policy|Trusted|violat/i.test(message.text())) complaints.push(message.text());
      });
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`asked for ${request.url()}`);
      });
      await page.goto(url);
      return page;
    },
  };
}
