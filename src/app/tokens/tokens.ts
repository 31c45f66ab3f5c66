import { createHash, randomBytes } from 'node:crypto';
import { parseDuration } from '../../engine/model/duration.js';
import { InvalidInput, NotFound, UserError } from '../../engine/model/errors.js';
import { ROLES, type Role } from '../../engine/model/person.js';
import { nearest } from '../../engine/planner/nearest.js';
import { changeFile, readIfThere } from './locked-file.js';
import { formatTokens, parseTokens, type TokenRecord } from './token-file.js';

export interface NewToken {
  name: string;
  /** As typed; checked here. */
  roles: readonly string[];
  person?: string;
  /** Of a program's token: the person who answers for it. */
  owner?: string;
  /** `30d`; absent: never. */
  expires?: string;
}

/**
 * Makes a token and answers it: the only time that it is seen, since only its hash is kept.
 * @param people names in the configuration; a token acts as one of them or as nobody. Absent: not checked.
 */
export async function createToken(
  file: string,
  wanted: NewToken,
  now: Date,
  people?: readonly string[],
): Promise<string> {
  const token = `rvr_${randomBytes(32).toString('base64url')}`;
  const record = toRecord(wanted, token, now, people);
  await changeFile(file, (content) => {
    const tokens = content === undefined ? [] : parseTokens(content, file);
    if (tokens.some(({ name }) => name === record.name))
      throw new UserError(
        'conflict',
        `There is a token "${record.name}" already. Revoke it first, or choose another name.`,
      );
    return formatTokens([...tokens, record]);
  });
  return token;
}

export async function listTokens(file: string): Promise<TokenRecord[]> {
  const content = await readIfThere(file);
  return content === undefined ? [] : parseTokens(content, file);
}

/**
 * Gives a token's name, roles and person to a new token, and answers that; the old one ends at once.
 * @param expires as of a new token; absent: as long from now as the old one was made for, or never
 */
export async function rotateToken(file: string, name: string, now: Date, expires?: string): Promise<string> {
  const token = `rvr_${randomBytes(32).toString('base64url')}`;
  await changeRecord(file, name, (record) => ({
    ...record,
    sha256: hashToken(token).toString('hex'),
    created_at: now.toISOString(),
    ...expiryOf(record, now, expires),
  }));
  return token;
}

function expiryOf(
  { created_at, expires_at }: TokenRecord,
  now: Date,
  expires?: string,
): Pick<TokenRecord, 'expires_at'> {
  if (expires !== undefined) return { expires_at: toExpiry(expires, now) };
  if (expires_at === undefined) return {};
  const lifeMs = new Date(expires_at).getTime() - new Date(created_at).getTime();
  return { expires_at: new Date(now.getTime() + lifeMs).toISOString() };
}

/** It stops working at once, in every process that reads the file. */
export async function revokeToken(file: string, name: string): Promise<void> {
  await changeRecord(file, name, () => undefined);
}

/** Undefined: it goes. */
async function changeRecord(
  file: string,
  name: string,
  change: (record: TokenRecord) => TokenRecord | undefined,
): Promise<void> {
  if ((await readIfThere(file)) === undefined) throw new NotFound('token', name);
  await changeFile(file, (content) => {
    const tokens = content === undefined ? [] : parseTokens(content, file);
    const names = tokens.map((token) => token.name);
    if (!names.includes(name)) throw new NotFound('token', name, nearest(name, names));
    return formatTokens(tokens.flatMap((token) => (token.name === name ? (change(token) ?? []) : token)));
  });
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function toRecord(
  { name, roles, person, owner, expires }: NewToken,
  token: string,
  now: Date,
  people?: readonly string[],
): TokenRecord {
  if (!/^[\w.@-]{1,64}$/.test(name))
    throw new InvalidInput('--name', name, 'letters, digits, _, ., @ and -, at most 64');
  if (person !== undefined && owner !== undefined)
    throw new InvalidInput('--owner', owner, 'nothing beside --person, which says already who acts');
  if (roles.length === 0) throw new InvalidInput('--role', undefined, `at least one of ${ROLES.join(', ')}`);
  return {
    name,
    roles: [...new Set(roles.map(toRole))],
    ...(person !== undefined && { person: toPerson('--person', person, people) }),
    ...(owner !== undefined && { owner: toPerson('--owner', owner, people) }),
    sha256: hashToken(token).toString('hex'),
    created_at: now.toISOString(),
    ...(expires !== undefined && { expires_at: toExpiry(expires, now) }),
  };
}

function toRole(text: string): Role {
  const role = ROLES.find((known) => known === text);
  if (!role) throw new InvalidInput('--role', text, `one of ${ROLES.join(', ')}`);
  return role;
}

function toPerson(option: string, text: string, people: readonly string[] | undefined): string {
  const known = people?.find((name) => name.toLowerCase() === text.toLowerCase());
  if (people && !known)
    throw new InvalidInput(option, text, `a person of the configuration: ${people.join(', ') || 'there is none'}`);
  return known ?? text;
}

function toExpiry(text: string, now: Date): string {
  const lifeMs = parseDuration(text, '--expires');
  const expiry = new Date(now.getTime() + lifeMs);
  if (lifeMs === 0 || Number.isNaN(expiry.getTime()))
    throw new InvalidInput('--expires', text, 'a time such as 12h or 30d');
  return expiry.toISOString();
}
