import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../../src/engine/actions/action.js';
import { createSecrets } from '../../../../src/engine/secrets/secrets.js';
import type { VaultLogin } from '../../../../src/engine/secrets/sources/vault/login.js';
import { createVaultSource } from '../../../../src/engine/secrets/sources/vault/vault.js';
import { startVault, type VaultServer } from '../../../platforms/vault/vault-server.js';

const { signal } = new AbortController();
const REFERENCE = 'vault:secret/data/orders/db#password';
let vault: VaultServer;
let nowMs: number;

beforeEach(async () => {
  vault = await startVault({ ttlS: 60 });
  nowMs = 0;
  vault.put('orders/db', { password: 'the-first-1', port: 5432, list: [] });
});
afterEach(() => vault.close());

function secretsBy(login: VaultLogin, address = vault.url) {
  const secrets = createSecrets([createVaultSource({ address, login, nowMs: () => nowMs })]);
  return (reference = REFERENCE) => secrets.resolve(reference, signal);
}
function pass(seconds: number): void {
  nowMs += seconds * 1_000;
  vault.advance(seconds);
}
const refusal = (asked: Promise<unknown>) =>
  asked.then(
    (value) => Promise.reject(new Error(`gave ${value}`)),
    (error: unknown) => {
      if (!(error instanceof ActionError)) throw error;
      return { message: error.message, retryable: error.options.retryable };
    },
  );

describe('by a token', () => {
  test('the field of the newest version is read, each time anew', async () => {
    const ask = secretsBy({ token: vault.issue() });
    expect(await ask()).toBe('the-first-1');
    expect(await ask('vault:secret/data/orders/db#port')).toBe('5432');
    vault.put('orders/db', { password: 'the-second-2' });
    expect(await ask()).toBe('the-second-2');
    expect(vault.refused).toEqual([]);
  });

  test('the token is renewed while it is used', async () => {
    const ask = secretsBy({ token: vault.issue() });
    for (let times = 0; times < 5; times += 1) {
      expect(await ask()).toBe('the-first-1');
      pass(45);
    }
    expect(vault.renewals).toBe(5);
    expect(vault.logins).toBe(0);
  });

  test('one that cannot be renewed, or never ends, is used as it is', async () => {
    for (const more of [{ renewable: false }, { ttlS: 0 }]) {
      const ask = secretsBy({ token: vault.issue(more) });
      expect(await ask()).toBe('the-first-1');
      expect(await ask()).toBe('the-first-1');
    }
  });

  test('one that has ended is refused plainly', async () => {
    const ask = secretsBy({ token: vault.issue() });
    vault.revokeAll();
    expect(await refusal(ask())).toEqual({
      message: `A secret cannot be had: ${REFERENCE}: Vault refuses it: the token has ended, or its policy does not let it read there. Nothing was done.`,
      retryable: false,
    });
  });
});

describe('by a role', () => {
  test('it logs in once, and those who ask at the same time share it', async () => {
    const ask = secretsBy(vault.role);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['the-first-1', 'the-first-1', 'the-first-1']);
    expect(vault.logins).toBe(1);
  });

  test('it logs in anew when its token was revoked, or ended while nobody asked', async () => {
    const ask = secretsBy(vault.role);
    await ask();
    vault.revokeAll();
    expect(await ask()).toBe('the-first-1');
    pass(600);
    expect(await ask()).toBe('the-first-1');
    expect(vault.logins).toBe(3);
  });

  test('what its policy forbids stays forbidden after one new log-in', async () => {
    const ask = secretsBy(vault.role);
    expect((await refusal(ask('vault:secret/data/forbidden#x'))).message).toContain('its policy does not let');
    expect(vault.logins).toBe(2);
  });

  test('a wrong secret id is told, and not tried for ever', async () => {
    const ask = secretsBy({ ...vault.role, secretId: 'wrong' });
    expect(await refusal(ask())).toMatchObject({
      message: expect.stringContaining('Vault refuses the log-in of VAULT_ROLE_ID'),
      retryable: false,
    });
  });
});

describe('what is not there', () => {
  test.each([
    ['vault:secret/data/nowhere#x', 'Vault has no such secret'],
    ['vault:secret/data/orders/db#user', 'the secret has no field "user"; its fields are password, port, list'],
    ['vault:secret/data/orders/db#list', 'its field "list" is no text'],
    ['vault:other/data/orders#x', 'Vault has no such secret'],
  ])('%s: %s', async (reference, why) => {
    const ask = secretsBy(vault.role);
    expect(await refusal(ask(reference))).toMatchObject({ message: expect.stringContaining(why), retryable: false });
  });

  test('a deleted version is none', async () => {
    vault.deleteNewest('orders/db');
    expect((await refusal(secretsBy(vault.role)())).message).toContain('its newest version (1) is deleted');
  });
});

describe('a Vault that is away may be back for the next attempt', () => {
  test.each([
    ['is sealed', () => Object.assign(vault, { sealed: true }), 'is sealed, or down for maintenance (HTTP 503)'],
    ['asks for patience', () => vault.faults.push({ status: 429 }), 'asks to be asked less often (HTTP 429)'],
    ['breaks off', () => vault.faults.push('reset'), 'cannot be reached: connection reset'],
  ])('when it %s', async (_, trouble, why) => {
    const ask = secretsBy({ token: vault.issue({ ttlS: 0 }) });
    await ask();
    trouble();
    expect(await refusal(ask())).toMatchObject({ message: expect.stringContaining(why), retryable: true });
  });

  test('when nobody listens', async () => {
    const ask = secretsBy({ token: 'hvs.x' }, 'http://127.0.0.1:1');
    expect(await refusal(ask())).toMatchObject({ retryable: true });
  });

  test('also when it was away for the first log-in', async () => {
    const ask = secretsBy(vault.role);
    vault.sealed = true;
    await refusal(ask());
    vault.sealed = false;
    expect(await ask()).toBe('the-first-1');
  });
});

test('a Vault that never answers is left when the step is told to end', async () => {
  const ask = createSecrets([createVaultSource({ address: vault.url, login: vault.role, nowMs: () => nowMs })]);
  vault.faults.push('hang');
  const ending = new AbortController();
  const asked = ask.resolve(REFERENCE, ending.signal);
  ending.abort(new Error('the step was cancelled'));
  await expect(asked).rejects.toThrow('the step was cancelled');
});
