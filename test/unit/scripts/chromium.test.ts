import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findChromium } from '../../../scripts/setup/chromium.mjs';

describe('Chromium for the tests', () => {
  const before = { ...process.env };
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chromium-'));
    for (const name of ['CHROMIUM', 'SKIP_BROWSER_TESTS']) delete process.env[name];
    process.env.PATH = folder;
  });
  afterEach(async () => {
    process.env = { ...before };
    await rm(folder, { recursive: true });
  });

  test('is the one that is named, else the one on the PATH', async () => {
    await writeFile(join(folder, 'chromium-browser'), '');
    expect(await findChromium()).toEqual({ CHROMIUM: join(folder, 'chromium-browser') });
    process.env.CHROMIUM = '/opt/chromium';
    expect(await findChromium()).toEqual({ CHROMIUM: '/opt/chromium' });
  });

  test('that is missing ends the run with one line that says how to get it', async () => {
    const message = await findChromium().catch((error: Error) => error.message);
    expect(message).toMatch(/^The browser tests need Chromium .*apt-get install chromium.*SKIP_BROWSER_TESTS=1.*\.$/);
  });

  test('may be missing where that is allowed', async () => {
    process.env.SKIP_BROWSER_TESTS = '1';
    const said: string[] = [];
    expect(await findChromium((line) => said.push(line))).toEqual({});
    expect(said.join()).toMatch(/^Browser tests are left out: /);
  });
});
