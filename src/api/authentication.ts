import { UserError } from '../engine/model/errors.js';
import type { Person, Principal, Role } from '../engine/model/person.js';
import type { Log } from '../engine/ports.js';
import type { Limits } from './limits.js';
import { createRateLimit, type Quota } from './rate-limit.js';

/** What is known about a token; roles are the token's own. */
export interface TokenOwner {
  name: string;
  roles: readonly Role[];
  person?: string;
  /** Of a program's token: whose it is. */
  owner?: string;
  expired: boolean;
}

export interface Tokens {
  resolve(token: string): Promise<TokenOwner | undefined>;
}

/**
 * Who presents this `Authorization` header. Throws `unauthenticated` (fact `reason`: missing, malformed, unknown,
 * expired), or `too_many` once an address had too many tokens refused or a token made too many requests. `tell` hears the
 * token's name, and what it has left.
 */
export type Authenticate = (
  authorization: string | undefined,
  address: string,
  tell?: (token: string, quota: Quota) => void,
) => Promise<Principal>;

export type RefusalReason = 'missing' | 'malformed' | 'unknown' | 'expired';

/** Counts for the audit that a request without a good token was refused. */
export type Denied = (who: string, facts: { reason: RefusalReason; address: string }) => Promise<void>;

export function createAuthenticate(
  tokens: Tokens,
  people: () => Person[],
  limits: Limits,
  log: Log,
  denied: Denied,
): Authenticate {
  const perToken = createRateLimit(limits.requests, limits.requestWindowMs, 'requests with this token');
  const failures = createRateLimit(limits.failedLogins, limits.failedLoginWindowMs, 'refused tokens from this address');

  // Only failures are counted by address: behind a shared proxy, someone's bad tokens must not lock out the people who
  // are repairing things. Tokens are too long to be guessed.
  const refuse = async (reason: RefusalReason, message: string, address: string, who = 'unknown'): Promise<never> => {
    await denied(who, { reason, address });
    // Who has none tries nothing. Above the limit nothing is logged: whoever tries tokens must not fill the disk.
    if (reason !== 'missing') {
      await failures(address);
      log('warn', 'api:token_refused', { reason, address });
    }
    throw new UserError('unauthenticated', message, { reason });
  };

  return async (authorization, address, tell) => {
    if (!authorization) return await refuse('missing', 'Send a token: Authorization: Bearer TOKEN.', address);
    const token = BEARER.exec(authorization)?.[1];
    if (!token)
      return await refuse('malformed', 'The Authorization header must read: Bearer TOKEN, with one token.', address);
    const owner = await tokens.resolve(token);
    if (!owner) return await refuse('unknown', 'This token is not known. It may have been revoked.', address);
    if (owner.expired)
      return await refuse(
        'expired',
        `The token "${owner.name}" has expired. Make a new one.`,
        address,
        `token:${owner.name}`,
      );
    await perToken(owner.name, (quota) => tell?.(owner.name, quota));
    return principal(owner, people());
  };
}

/** Throws `forbidden` unless one of the roles is held; an admin's other roles are never assumed. */
export function requireRole(who: Principal, roles: readonly Role[]): void {
  if (roles.some((role) => who.roles.includes(role))) return;
  const need = roles.join(' or ');
  const have = who.roles.length > 0 ? who.roles.join(', ') : 'none';
  throw new UserError(
    'forbidden',
    `${who.name} may not do this: it needs the role ${need}, and the token has ${have}.`,
    {
      need: [...roles],
      have: [...who.roles],
    },
  );
}

const BEARER = /^Bearer +([\w.~+/-]{1,512}=*)$/i;

/** A person is one principal everywhere, so the name is the configuration's even where the token spells it otherwise. */
function principal({ name, roles, person, owner }: TokenOwner, people: Person[]): Principal {
  if (person) return { name: asConfigured(person, people), roles, human: true, via: 'api' };
  const whose = owner === undefined ? {} : { owner: asConfigured(owner, people) };
  return { name: `token:${name}`, roles, human: false, ...whose, via: 'api' };
}

function asConfigured(wanted: string, people: Person[]): string {
  return people.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())?.name ?? wanted;
}
