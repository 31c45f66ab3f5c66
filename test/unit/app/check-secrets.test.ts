import { expect, test } from '@jest/globals';
import { checkSecrets } from '../../../src/app/check-secrets.js';
import { BUILT_IN_ACTIONS } from '../../../src/engine/actions/actions.js';
import { parseRunbook } from '../../../src/engine/planner/load-runbooks.js';
import { createSecrets } from '../../../src/engine/secrets/secrets.js';
import { createEnvSource } from '../../../src/engine/secrets/sources/env.js';
import { createFileSource } from '../../../src/engine/secrets/sources/file.js';

const secrets = createSecrets([createEnvSource({ THERE: 'a-secret-that-is-there' }), createFileSource()]);
const written = (url: string) => ({
  services: [],
  runbooks: [parseRunbook(`{ id: r, steps: [{ action: http_request, with: { url: "${url}" } }] }`, 'r.yaml')],
  aliases: new Map(),
  actions: BUILT_IN_ACTIONS,
});

test('a start goes on with secrets that are there', async () => {
  await checkSecrets(written('https://h/${env:THERE}'), secrets, true);
});

test.each([
  ['https://h/${env:NOWHERE}', 'runbook r: steps[0].with.url: env:NOWHERE: the variable NOWHERE is not set'],
  ['file:/nowhere', 'runbook r: steps[0].with.url: file:/nowhere: there is no such file.'],
])('where steps run, %s must be there', async (url, says) => {
  await expect(checkSecrets(written(url), secrets, true)).rejects.toThrow(says);
  await checkSecrets(written(url), secrets, false);
});

test.each([
  [
    'env:A-B',
    'is no reference to a secret: a variable has letters, digits and _; expected one such as env:ORDERS_TOKEN.',
  ],
  ['https://h/${envs:A}', 'Did you mean env:?'],
])('%s is refused everywhere', async (url, says) => {
  for (const resolves of [true, false])
    await expect(checkSecrets(written(url), secrets, resolves)).rejects.toThrow(says);
});
