import { describe, expect, test } from '@jest/globals';
import { register } from '../../../src/app/extensions/register.js';
import { parseConfig } from '../../../src/config/load.js';
import { BUILT_IN_ACTIONS } from '../../../src/engine/actions/actions.js';
import { parseRunbook } from '../../../src/engine/planner/load-runbooks.js';
import { secretFields } from '../../../src/engine/secrets/credential.js';
import { namingsIn } from '../../../src/engine/secrets/namings.js';
import { createSecrets } from '../../../src/engine/secrets/secrets.js';
import { createEnvSource } from '../../../src/engine/secrets/sources/env.js';
import { createFileSource } from '../../../src/engine/secrets/sources/file.js';
import { createVaultSource } from '../../../src/engine/secrets/sources/vault/vault.js';
import { blocks, codes, docText, tableRows } from './markdown.js';

const page = docText('docs/secrets.md');
const secrets = createSecrets([createEnvSource({}), createFileSource(), createVaultSource(undefined)]);

describe('docs/secrets.md', () => {
  test('names every field that takes a secret', () => {
    // The last two are no actions.
    const rows = tableRows(page, 'Where it may stand').slice(0, -2);
    const written = Object.fromEntries(rows.map(([of = '', fields = '']) => [codes(of)[0], codes(fields)]));
    const real = [...BUILT_IN_ACTIONS].flatMap(([name, { input }]) => {
      const fields = secretFields(input);
      return fields.length > 0 ? [[name, fields]] : [];
    });
    expect(written).toEqual(Object.fromEntries(real));
  });

  test('has a runbook and a service whose references are all in their places', () => {
    const [runbook = ''] = blocks(page, 'yaml');
    const [config = ''] = blocks(page, 'yml');
    const namings = namingsIn({
      services: parseConfig(config, '/docs.yaml').services,
      runbooks: [parseRunbook(runbook, 'docs.yaml')],
      aliases: new Map(),
      actions: BUILT_IN_ACTIONS,
    });
    expect(namings.map(({ where }) => where)).toEqual([
      'service orders: health[0].url',
      'service orders: process.env.DB_PASSWORD',
      'runbook orders_reset: steps[0].with.headers.Authorization',
      'runbook orders_reset: steps[1].with.database',
      'runbook orders_reset: steps[2].with.env.ORDERS_TOKEN',
    ]);
    expect(namings.flatMap(({ misplaced }) => misplaced ?? [])).toEqual([]);
    expect(namings.flatMap(({ text }) => secrets.objections(text))).toEqual([]);
  });

  test('has an extension that registers its source', async () => {
    const [code = ''] = blocks(page, 'js');
    const module: { default: Parameters<typeof register>[0] } = await import(
      `data:text/javascript,${encodeURIComponent(code)}`
    );
    const { sources } = await register(module.default, 'docs', new Map());
    expect(sources.map(({ scheme, form, objection }) => [scheme, form, objection('x') !== undefined])).toEqual([
      ['op', '${op:vault/item}', true],
    ]);
  });
});
