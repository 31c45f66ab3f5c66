import { readFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import type { TestDatabase } from '../../support/index.js';

/** Everything that one place holds, as text, by the name of the place. */
export type Haystack = Map<string, string>;

/** Every row of every table, as JSON. */
export async function tablesOf(database: TestDatabase): Promise<Haystack> {
  const tables = await database.query(
    `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const held: Haystack = new Map();
  for (const { name } of tables) {
    const rows = await database.query(`SELECT to_jsonb(t)::text AS row FROM ${name} t`);
    held.set(`table ${name}`, rows.map(({ row }) => String(row)).join('\n'));
  }
  return held;
}

const READ: Record<string, (redis: Redis, key: string) => Promise<unknown>> = {
  string: (redis, key) => redis.get(key),
  hash: (redis, key) => redis.hgetall(key),
  list: (redis, key) => redis.lrange(key, 0, -1),
  set: (redis, key) => redis.smembers(key),
  zset: (redis, key) => redis.zrange(key, 0, -1, 'WITHSCORES'),
  stream: (redis, key) => redis.xrange(key, '-', '+'),
};

/** Every key with its value. */
export async function keysOf(url: string): Promise<Haystack> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys('*');
    const held = keys.map(async (key) => {
      const type = await redis.type(key);
      // Between the two questions a key may be over.
      if (type === 'none') return `${key} `;
      const read = READ[type];
      if (!read) throw new Error(`a key of type ${type}, which nobody reads here`);
      return `${key} ${JSON.stringify(await read(redis, key))}`;
    });
    return new Map([['Redis', (await Promise.all(held)).join('\n')]]);
  } finally {
    redis.disconnect();
  }
}

/** Forms in which programs repeat a secret; made here, not by what is tested. */
export function formsOf(secret: string): string[] {
  const lines = secret.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
  return (secret.includes('\n') ? lines : [secret]).flatMap((value) => [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('base64').replace(/=+$/, '').slice(0, -1),
    Buffer.from(value).toString('base64url').slice(0, -1),
  ]);
}

/** Where a secret is, and in which form. */
export function leaksIn(haystack: Haystack, secrets: Record<string, string>): string[] {
  return [...haystack].flatMap(([place, text]) =>
    Object.entries(secrets).flatMap(([name, secret]) =>
      [...new Set(formsOf(secret))].flatMap((form) => {
        const at = text.indexOf(form);
        return at < 0 ? [] : [`${place} holds ${name}: ...${text.slice(Math.max(0, at - 120), at + 30)}...`];
      }),
    ),
  );
}

export async function filesOf(paths: readonly string[]): Promise<Haystack> {
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path, 'utf8')] as const)));
}
