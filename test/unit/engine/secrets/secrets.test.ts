import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../../src/engine/actions/action.js';
import { forgetSecrets } from '../../../../src/engine/model/known-secrets.js';
import { redact } from '../../../../src/engine/model/redact.js';
import { createSecrets } from '../../../../src/engine/secrets/secrets.js';
import { createEnvSource } from '../../../../src/engine/secrets/sources/env.js';
import { createFileSource } from '../../../../src/engine/secrets/sources/file.js';
import { createVaultSource } from '../../../../src/engine/secrets/sources/vault/vault.js';

const { signal } = new AbortController();
const env: Record<string, string> = { TOKEN: 'correct-horse-7', EMPTY: ' ' };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(forgetSecrets);

const secrets = createSecrets([createEnvSource(env), createFileSource(), createVaultSource(undefined)]);

describe('references', () => {
  test('become their secrets, wherever they stand in a value', async () => {
    await writeFile(join(folder, 'key'), 'battery-staple-9\n');
    const given = { headers: { Authorization: 'Bearer ${env:TOKEN}' }, list: [`file:${folder}/key`, 3, null, 'plain'] };
    expect(await secrets.resolve(given, signal)).toEqual({
      headers: { Authorization: 'Bearer correct-horse-7' },
      list: ['battery-staple-9', 3, null, 'plain'],
    });
  });

  test('are looked up each time, so that a rotated secret is the next one', async () => {
    const [file, reference] = [join(folder, 'rotated'), `file:${folder}/rotated`];
    await writeFile(file, 'the-first-1\n');
    expect(await secrets.resolve(reference, signal)).toBe('the-first-1');
    await writeFile(file, 'the-second-2\n');
    expect(await secrets.resolve(reference, signal)).toBe('the-second-2');
  });

  test('that were resolved are known from then on, and taken out of any text', async () => {
    expect(redact('it said correct-horse-7')).toBe('it said correct-horse-7');
    await secrets.resolve('env:TOKEN', signal);
    expect(redact('it said correct-horse-7')).toBe('it said •••');
  });
});

describe('what cannot be had', () => {
  test.each([
    ['env:NOBODY', 'the variable NOBODY is not set', false],
    ['env:EMPTY', 'the variable EMPTY is not set, or empty', false],
    ['env:A-B', '"env:A-B" is no reference to a secret: a variable has letters', false],
    ['file:/nowhere/at/all', 'there is no such file', true],
    ['file:relative', 'a path begins with a slash', false],
    ['vault:secret/orders#x', 'the path of the API, which has "data" in it', false],
    ['vault:secret/data/orders#x', 'VAULT_ADDR is not set', false],
    ['${valt:secret/data/orders#x}', 'Did you mean vault:?', false],
  ])('%s: %s', async (reference, why, retryable) => {
    const error = await secrets.resolve({ a: reference }, signal).catch((thrown: unknown) => thrown);
    if (!(error instanceof ActionError)) throw new Error(String(error));
    expect(error.message).toContain(why);
    expect(error.message).toMatch(/^A secret cannot be had: .*\. Nothing was done\.$/);
    expect(error.options).toMatchObject({ code: 'secret_unavailable', retryable, untouched: true });
  });

  test('is told at the start as far as this machine knows it', async () => {
    expect(await secrets.missing('env:NOBODY', signal)).toEqual([
      'env:NOBODY: the variable NOBODY is not set, or empty, where this process was started',
    ]);
    expect(await secrets.missing('vault:secret/data/orders#x', signal)).toEqual([]);
    expect(await secrets.missing('vault:nonsense', signal)).toHaveLength(1);
    expect(await secrets.unavailable('vault:secret/data/orders#x', signal)).toHaveLength(1);
    expect(await secrets.missing('env:TOKEN', signal)).toEqual([]);
    expect(redact('correct-horse-7')).toBe('•••');
  });
});
