import { chmod, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPrivateFolder } from '../../../../scripts/services/private-folder.mjs';
import {
  fingerprint,
  openSigningKey,
  publicPem,
  readPublicKey,
  readSigningKey,
} from '../../../../src/app/audit/signing-key.js';

let folder: Awaited<ReturnType<typeof createPrivateFolder>>;
const at = (name: string) => join(folder.path, name);
beforeAll(async () => {
  folder = await createPrivateFolder('reviver-test');
});
afterAll(() => folder.remove());

describe('the signing key', () => {
  test('is made once, for its owner alone, also by several at once', async () => {
    const file = at('deep/signing.key');
    expect(await readSigningKey(file)).toBeUndefined();
    const made = await Promise.all([openSigningKey(file), openSigningKey(file)]);
    expect(new Set(made.map(({ publicKey }) => fingerprint(publicKey))).size).toBe(1);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('has a public key that others can read from a file', async () => {
    const { publicKey } = await openSigningKey(at('deep/signing.key'));
    await writeFile(at('audit.pem'), publicPem(publicKey));
    expect(fingerprint(await readPublicKey(at('audit.pem')))).toBe(fingerprint(publicKey));
  });

  test('that others may read is refused, and so is what is no key', async () => {
    await writeFile(at('none.key'), 'hello', { mode: 0o600 });
    await expect(readSigningKey(at('none.key'))).rejects.toThrow(/no Ed25519 key/);
    await chmod(at('none.key'), 0o644);
    await expect(readSigningKey(at('none.key'))).rejects.toThrow(/may be read by others.*chmod 600/);
  });
});
