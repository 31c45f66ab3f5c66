import { ActionError } from '../../../actions/action.js';
import { httpRequest } from '../../../health/http-request.js';
import { failureInWords } from '../../../health/words.js';

/** Where Vault is. */
export interface VaultPlace {
  /** VAULT_ADDR: `https://vault.example.com:8200`. */
  address: string;
  /** VAULT_NAMESPACE. */
  namespace?: string;
  /** Certificates of its authority, PEM; absent: those that Node knows. */
  authority?: string;
}

export interface VaultAnswer {
  status: number;
  body: string;
}

const MOST_BYTES = 1024 * 1024;

/** One request of its HTTP API. Throws an `ActionError` when there is no answer, or none that tells anything. */
export async function askVault(
  { address, namespace, authority }: VaultPlace,
  { method, path, token, body }: { method: string; path: string; token?: string; body?: object },
  signal: AbortSignal,
): Promise<VaultAnswer> {
  const url = new URL(`${address.replace(/\/+$/, '')}/v1/${path}`);
  const headers = {
    'X-Vault-Request': 'true',
    ...(token === undefined ? {} : { 'X-Vault-Token': token }),
    ...(namespace === undefined ? {} : { 'X-Vault-Namespace': namespace }),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  };
  const wanted = { method, headers, body: body && JSON.stringify(body), maxBody: MOST_BYTES, ca: authority };
  const answer = await httpRequest(url, wanted, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new ActionError(`Vault at ${url.host} cannot be reached: ${failureInWords(error)}`);
  });
  const away = AWAY[answer.status] ?? (answer.status >= 500 ? 'cannot answer now' : undefined);
  if (away) throw new ActionError(`Vault at ${url.host} ${away} (HTTP ${answer.status})`);
  return answer;
}

/** Source: https://developer.hashicorp.com/vault/api-docs#http-status-codes */
const AWAY: Record<number, string> = {
  412: 'has not heard yet of what was written elsewhere',
  429: 'asks to be asked less often',
  472: 'stands by for another data centre',
  473: 'stands by',
  503: 'is sealed, or down for maintenance',
};
