import { timingSafeEqual } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { coalesced } from '../../api/coalesced.js';
import type { Role } from '../../engine/model/person.js';
import { readIfThere } from './locked-file.js';
import { parseTokens, type TokenRecord } from './token-file.js';
import { hashToken } from './tokens.js';

export interface TokenOwner {
  name: string;
  /** The token's own; they do not imply each other. */
  roles: Role[];
  person?: string;
  /** Of a program's token: the person who answers for it. */
  owner?: string;
  expired: boolean;
}

export interface TokenBook {
  /** Whose token this is; undefined: nobody's. */
  resolve(token: string): Promise<TokenOwner | undefined>;
}

/** Reads the tokens file, and reads it again when it was changed: a new or revoked token counts at once. */
export function createTokenBook(file: string, now: () => Date = () => new Date()): TokenBook {
  let read: { version: string; entries: Entry[] } | undefined;

  // Shared by those who ask at the same time; nobody gets a look that began before they asked.
  const look = coalesced(() => versionOf(file));

  async function entries(): Promise<Entry[]> {
    const version = await look();
    if (read?.version !== version) {
      const content = await readIfThere(file);
      read = { version, entries: content === undefined ? [] : parseTokens(content, file).map(toEntry) };
    }
    return read.entries;
  }

  return {
    async resolve(token) {
      const hash = hashToken(token);
      // Every entry is compared, so that the time taken does not tell which one came close.
      const [found] = (await entries()).filter((entry) => timingSafeEqual(entry.hash, hash));
      if (!found) return undefined;
      const { name, roles, person, owner, expires_at } = found.record;
      const expired = expires_at !== undefined && new Date(expires_at) <= now();
      return { name, roles, ...(person !== undefined && { person }), ...(owner !== undefined && { owner }), expired };
    },
  };
}

interface Entry {
  record: TokenRecord;
  hash: Buffer;
}

function toEntry(record: TokenRecord): Entry {
  return { record, hash: Buffer.from(record.sha256, 'hex') };
}

/** Every write makes a new file, so its inode differs even within one tick of the clock. */
async function versionOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found ? `${found.ino}:${found.mtimeNs}:${found.size}` : 'none';
}
