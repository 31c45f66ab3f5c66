import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPrivateFolder } from '../../../../scripts/services/private-folder.mjs';
import { toolMissing } from '../../../../scripts/setup/tools.mjs';
import { createSecrets } from '../../../../src/engine/secrets/secrets.js';
import { createVaultSource } from '../../../../src/engine/secrets/sources/vault/vault.js';

const missing = toolMissing('openssl');
if (missing) process.stderr.write(`Left out: ${missing}\n`);
const { signal } = new AbortController();

(missing ? describe.skip : describe)('Vault with TLS and an authority of its own', () => {
  let folder: Awaited<ReturnType<typeof createPrivateFolder>>;
  let server: Server;
  let authority: string;
  let address: string;

  beforeAll(async () => {
    folder = await createPrivateFolder('reviver-test');
    const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=vault'];
    const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', 'key.pem', '-out', 'ca.pem'];
    execFileSync('openssl', ['req', ...made, ...names], { cwd: folder.path, stdio: 'pipe' });
    authority = await readFile(join(folder.path, 'ca.pem'), 'utf8');
    const answer = JSON.stringify({ data: { data: { password: 'behind-tls-1' }, metadata: { version: 1 } } });
    server = createServer({ cert: authority, key: await readFile(join(folder.path, 'key.pem')) }, (_, response) => {
      response.end(answer);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const place = server.address();
    address = `https://127.0.0.1:${typeof place === 'object' ? place?.port : ''}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await folder.remove();
  });

  const ask = (more: { authority?: string }) =>
    createSecrets([
      createVaultSource({ address, login: { token: 'hvs.x' }, nowMs: () => Number.NEGATIVE_INFINITY, ...more }),
    ]).resolve('vault:secret/data/a#password', signal);

  test('is asked where its authority is named, and not trusted where it is not', async () => {
    expect(await ask({ authority })).toBe('behind-tls-1');
    await expect(ask({})).rejects.toThrow('cannot be reached: certificate is self-signed');
  });
});
