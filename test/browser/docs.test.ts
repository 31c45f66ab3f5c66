import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ApiServer, startApi } from '../support/api-server.js';
import { useChromium, withBrowser } from './support/chromium.js';

const chromium = useChromium();
let server: ApiServer;

withBrowser('the page of the API document', () => {
  beforeAll(async () => {
    server = await startApi();
  });
  afterAll(() => server?.close());

  test('shows every operation to whoever has a token, and finds by words', async () => {
    const page = await chromium.open(`${server.url}/docs`);
    await page.getByLabel('Token').fill('tok-viewer');
    await page.getByRole('button', { name: 'Show' }).click();
    const operation = page.locator('details#recover');
    await operation.locator('summary').click();
    await operation.getByText('Needs one of the roles: responder.').waitFor();
    await operation.getByText('Idempotency-Key').waitFor();
    const { body } = await server.call('GET', '/openapi.json');
    const count = Object.values<object>(body.paths).flatMap((item) => Object.keys(item)).length;
    expect(await page.locator('summary .method').count()).toBe(count);

    await page.getByLabel('Find').fill('If-Match');
    await page.locator('details#setPolicy').waitFor();
    expect(await operation.isVisible()).toBe(false);
  });

  test('says in the words of the server why a token is refused', async () => {
    const page = await chromium.open(`${server.url}/v1/docs`);
    await page.getByLabel('Token').fill('tok-old');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('alert').getByText('The token "old" has expired').waitFor();
  });
});
