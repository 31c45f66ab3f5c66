import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { within } from '../../health/within.js';
import { count, failureInWords } from '../../health/words.js';
import type { Service } from '../../model/service.js';
import { sizeInWords } from '../docker/size.js';
import { databaseSchema, readServer, type Server } from '../postgres-data/databases.js';
import { dumpDatabases } from '../postgres-data/dump.js';
import { proveDump } from '../postgres-data/scratch.js';
import { withPostgres } from '../sql/session.js';
import { NotAnswering, type Part } from './part.js';

const LOOK_MS = 5_000;

export const postgresFolder = (folder: string): string => join(folder, 'postgres');

export const postgresFacts = z.object({
  major: z.number(),
  databases: z.array(databaseSchema.extend({ file: z.string() })),
});

/** Every database of a running server as a dump of its own. */
export const postgresPart: Part = {
  name: 'postgres',
  title: 'the databases',
  has: ({ service }) => postgresUrl(service) !== undefined,

  async measure({ service }, { signal }) {
    const { databases } = await look(service, signal);
    const bytes = databases.reduce((sum, one) => sum + one.bytes, 0);
    const words = databases.map((one) => `database ${one.name} (${sizeInWords(one.bytes)})`);
    return { bytes, words: words.join(', ') || 'a Postgres without databases of its own' };
  },

  async capture({ service }, folder, rim) {
    const server = await look(service, rim.signal);
    await mkdir(postgresFolder(folder), { recursive: true });
    const dumped = await dumpDatabases(postgresUrl(service) ?? '', server, postgresFolder(folder), rim);
    const databases = dumped.map(({ bytes: _, ...one }) => one);
    return {
      contents: [
        ...dumped.map(({ name, bytes }) => `database ${name}, ${sizeInWords(bytes)} as a dump`),
        'not in it: roles and their passwords',
      ],
      facts: { postgres: { major: server.major, databases } },
      kept: server.dataDirectory,
    };
  },

  async prove({ service }, folder, facts, rim) {
    const { major, databases } = postgresFacts.parse(facts.postgres);
    const lines: string[] = [];
    for (const { file, ...database } of databases) {
      const dump = join(postgresFolder(folder), file);
      const tables = await proveDump(postgresUrl(service) ?? '', { dump, backup: { major, database } }, rim);
      const rows = Object.values(tables).reduce((sum, one) => sum + one, 0);
      lines.push(`${count(rows, 'row')} of ${database.name} in a scratch database`);
    }
    return lines;
  },
};

export function postgresUrl({ health }: Service): string | undefined {
  return health.find(({ type, url }) => type === 'postgres' && url !== undefined)?.url;
}

function look(service: Service, signal: AbortSignal): Promise<Server> {
  const url = postgresUrl(service) ?? '';
  return within(LOOK_MS, signal, (limited) =>
    withPostgres(url, { name: 'reviver snapshot', signal: limited }, readServer),
  ).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new NotAnswering(failureInWords(error));
  });
}
