import { z } from 'zod';
import { ActionError } from '../../../actions/action.js';
import { rememberSecret } from '../../../model/known-secrets.js';
import { askVault, type VaultPlace } from './ask.js';
import { readJson } from './read-json.js';

/** A token that somebody else cares for, or a role that logs in. */
export type VaultLogin = { token: string } | { roleId: string; secretId: string };

export interface Login {
  /** One that is good as far as is known here; renewed when two thirds of its life are over. */
  token(signal: AbortSignal): Promise<string>;
  /** Another one, when this one is refused; undefined: there is none, so that the refusal stands. */
  anew(refused: string, signal: AbortSignal): Promise<string | undefined>;
}

interface Held {
  token: string;
  /** On the clock of `nowMs`; infinite: nothing has to be done. */
  renewAtMs: number;
  renewable: boolean;
}

const issued = z.object({
  auth: z.object({ client_token: z.string().min(1), lease_duration: z.number(), renewable: z.boolean() }),
});

/**
 * The token by which secrets are read. Nothing runs by itself: what is due is done when a secret is asked for next.
 * Sources: https://developer.hashicorp.com/vault/api-docs/auth/approle#login-with-approle, and auth/token#renew-a-token-self
 */
export function createLogin(settings: VaultPlace & { login: VaultLogin; nowMs: () => number }): Login {
  const { login, nowMs } = settings;
  let held: Promise<Held> | undefined;

  async function ask(path: string, body: object, signal: AbortSignal, token?: string): Promise<Held | undefined> {
    const answer = await askVault(settings, { method: 'POST', path, body, ...(token ? { token } : {}) }, signal);
    const read = issued.safeParse(readJson(answer.body));
    if (answer.status !== 200 || !read.success) return undefined;
    const { client_token, lease_duration, renewable } = read.data.auth;
    rememberSecret(client_token);
    const renewAtMs = lease_duration > 0 ? nowMs() + lease_duration * 667 : Number.POSITIVE_INFINITY;
    return { token: client_token, renewAtMs, renewable };
  }

  async function begin(signal: AbortSignal): Promise<Held> {
    if ('token' in login) return { token: login.token, renewAtMs: nowMs(), renewable: true };
    const { roleId: role_id, secretId: secret_id } = login;
    const begun = await ask('auth/approle/login', { role_id, secret_id }, signal);
    if (begun) return begun;
    throw new ActionError('Vault refuses the log-in of VAULT_ROLE_ID with VAULT_SECRET_ID', { retryable: false });
  }

  /** A token that cannot be renewed may still be good: Vault itself says when it is not. */
  async function renewed(old: Held, signal: AbortSignal): Promise<Held> {
    const longer = old.renewable ? await ask('auth/token/renew-self', {}, signal, old.token) : undefined;
    if (longer) return longer;
    return 'token' in login ? { ...old, renewAtMs: Number.POSITIVE_INFINITY } : begin(signal);
  }

  /** Those who ask at the same time share one log-in; one that failed is forgotten. */
  function share(next: Promise<Held>): Promise<Held> {
    held = next;
    next.catch(() => {
      if (held === next) held = undefined;
    });
    return next;
  }

  return {
    async token(signal) {
      const now = await (held ?? share(begin(signal)));
      if (nowMs() < now.renewAtMs) return now.token;
      return (await share(renewed(now, signal))).token;
    },
    async anew(refused, signal) {
      if ('token' in login) return undefined;
      const now = await held;
      return (now && now.token !== refused ? now : await share(begin(signal))).token;
    },
  };
}
