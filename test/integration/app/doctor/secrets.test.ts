import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkSecretFiles } from '../../../../src/app/doctor/check-secret-files.js';
import { checkSecrets } from '../../../../src/app/doctor/check-secrets.js';
import { formatFindings } from '../../../../src/app/doctor/finding.js';
import { admit } from '../../../../src/app/doctor/patient.js';
import { startVault, type VaultServer } from '../../../platforms/vault/vault-server.js';

const RUNBOOK = (folder: string) => `id: orders
steps:
  - action: http_request
    with: { url: "http://127.0.0.1:1/", headers: { Authorization: "Bearer \${env:ORDERS_TOKEN}", X-Key: "file:${folder}/key" } }
`;
const CONFIG = `services:
  - name: orders
    runtime: process
    process: { command: [orders], cwd: ., env: { LEVEL: debug, DB_PASSWORD: plain-hunter2 } }
    health: [ { type: postgres, url: "postgres://app:\${vault:secret/data/orders#password}@127.0.0.1:5432/orders" } ]
`;

describe('reviver doctor', () => {
  let folder: string;
  let vault: VaultServer;
  beforeAll(async () => {
    vault = await startVault();
    folder = await mkdtemp(join(tmpdir(), 'doctor-secrets-'));
    await mkdir(join(folder, 'runbooks'));
    await writeFile(join(folder, 'runbooks', 'orders.yaml'), RUNBOOK(folder));
    await writeFile(join(folder, 'reviver.yaml'), CONFIG, { mode: 0o644 });
    await writeFile(join(folder, 'key'), 'a-secret-of-orders\n', { mode: 0o600 });
    vault.put('orders', { password: 'another-secret-1' });
  });
  afterAll(async () => {
    await vault.close();
    await rm(folder, { recursive: true });
  });

  const examine = async (check: typeof checkSecrets, more: NodeJS.ProcessEnv = {}) => {
    const env = {
      REVIVER_CONFIG: join(folder, 'reviver.yaml'),
      REVIVER_RUNBOOKS: join(folder, 'runbooks'),
      ORDERS_TOKEN: 'a-token-of-orders',
      VAULT_ADDR: vault.url,
      VAULT_ROLE_ID: vault.role.roleId,
      VAULT_SECRET_ID: vault.role.secretId,
      ...more,
    };
    return formatFindings(await check(await admit(env))(new AbortController().signal)).join('\n');
  };

  test('asks for every secret that is named', async () => {
    expect(await examine(checkSecrets)).toMatch(/^✓ secrets +3 references, all to be had$/);
  });

  test('tells of each that is not to be had now, by its place and without its value', async () => {
    vault.sealed = true;
    const text = await examine(checkSecrets, { ORDERS_TOKEN: '' });
    vault.sealed = false;
    expect(text).toMatch(
      /✗ secrets +service orders: health\[0\]\.url: vault:secret\/data\/orders#password: Vault at .* is sealed/,
    );
    expect(text).toMatch(
      /✗ secrets +runbook orders: steps\[0\]\.with\.headers\.Authorization: env:ORDERS_TOKEN: the variable ORDERS_TOKEN is not set/,
    );
    expect(text).not.toContain('secret-of-orders');
  });

  test('warns of one that is too plain to be taken out of texts, without its value', async () => {
    const text = await examine(checkSecrets, { ORDERS_TOKEN: 'hunter2' });
    expect(text).toMatch(/^! secrets +env:ORDERS_TOKEN has less than 8 characters or is a plain word/m);
    expect(text).toContain('Change it to a longer one');
    expect(text).not.toContain('hunter2');
  });

  test('warns of files that others may read, with what to type, and of what stands in plain text', async () => {
    const key = join(folder, 'key');
    await chmod(key, 0o644);
    const text = await examine(checkSecretFiles, { REVIVER_SECRET_KEY: `file:${key}` });
    expect(text).toContain(`${key} can be read by others (mode 644)`);
    expect(text).toContain(`Run: chmod 640 ${key}`);
    expect(text).toContain('service orders: process.env.DB_PASSWORD holds what looks like a secret, in plain text');
    expect(text).toContain(`Run: chmod 640 ${join(folder, 'reviver.yaml')}`);
    expect(text).not.toContain('hunter2');
    await chmod(key, 0o600);
    expect(await examine(checkSecretFiles)).not.toContain(key);
  });
});
