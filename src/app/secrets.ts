import { readFileSync } from 'node:fs';
import type { Environment } from '../config/environment.js';
import { UserError } from '../engine/model/errors.js';
import { errorCode } from '../engine/processes/error-code.js';
import { createSecrets, type Secrets } from '../engine/secrets/secrets.js';
import type { SecretSource } from '../engine/secrets/source.js';
import { createEnvSource } from '../engine/secrets/sources/env.js';
import { createFileSource } from '../engine/secrets/sources/file.js';
import { createVaultSource, type VaultSettings } from '../engine/secrets/sources/vault/vault.js';

/** Where secrets may lie: here, in Vault, and wherever extensions know. Nothing is asked yet. */
export function openSecrets(
  environment: Environment,
  env: NodeJS.ProcessEnv,
  ofExtensions: readonly SecretSource[] = [],
): Secrets {
  return createSecrets([
    createEnvSource(env),
    createFileSource(),
    createVaultSource(vaultSettings(environment)),
    ...ofExtensions,
  ]);
}

/** By the names that Vault's own programs have. */
function vaultSettings(environment: Environment): VaultSettings | undefined {
  const { VAULT_ADDR: address, VAULT_NAMESPACE: namespace, VAULT_CACERT: authority } = environment;
  const { VAULT_TOKEN: token, VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId } = environment;
  if (address === undefined) return undefined;
  const role = roleId && secretId ? { roleId, secretId: secretId.reveal() } : undefined;
  const login = token ? { token: token.reveal() } : role;
  if (!login) return undefined;
  return {
    address,
    login,
    ...(namespace === undefined ? {} : { namespace }),
    ...(authority === undefined ? {} : { authority: certificates(authority) }),
    nowMs: () => performance.now(),
  };
}

function certificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError('invalid_input', `VAULT_CACERT: ${file} cannot be read (${errorCode(error)}).`);
  }
}
