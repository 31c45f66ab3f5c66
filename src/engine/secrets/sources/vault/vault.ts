import { ActionError } from '../../../actions/action.js';
import type { SecretSource } from '../../source.js';
import { askVault, type VaultPlace } from './ask.js';
import { createLogin, type VaultLogin } from './login.js';
import { readSecret } from './read-secret.js';

export interface VaultSettings extends VaultPlace {
  login: VaultLogin;
  /** A clock that never goes back, milliseconds. */
  nowMs: () => number;
}

const NAME = /^([\w.-]+\/)+data(\/[\w.-]+)+#[\w.-]+$/;

/**
 * Secrets of the KV engine, version 2, of HashiCorp Vault, by the path that its API has and the field of the secret. The
 * newest version is read. Source: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version
 */
export function createVaultSource(settings: VaultSettings | undefined): SecretSource {
  const login = settings && createLogin(settings);
  return {
    scheme: 'vault',
    form: 'vault:secret/data/orders#password',
    objection: (name) =>
      NAME.test(name) ? undefined : 'the path of the API, which has "data" in it, then # and the name of a field',
    async resolve(name, signal) {
      if (!settings || !login) throw new ActionError(NOT_SET, { retryable: false });
      const [path = '', field = ''] = name.split('#');
      const get = (token: string) => askVault(settings, { method: 'GET', path, token }, signal);
      const first = await login.token(signal);
      const answer = await get(first);
      // What was revoked, or has ended meanwhile, is told apart from what may not be read by a new log-in alone.
      const renewed = answer.status === 403 ? await login.anew(first, signal) : undefined;
      return readSecret(renewed === undefined ? answer : await get(renewed), field);
    },
  };
}

const NOT_SET = 'VAULT_ADDR is not set, with VAULT_TOKEN or VAULT_ROLE_ID and VAULT_SECRET_ID';
