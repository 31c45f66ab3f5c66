import { z } from 'zod';
import { databaseUrl } from './databases/address.js';
import { defineAction } from './define-action.js';
import { serviceName, text } from './fields.js';
import { isSetAside, putBackDatabase } from './postgres-data/put-back.js';
import { asideFolder, putBack } from './redis-data/aside.js';
import { readJournal } from './redis-data/journal.js';
import { redisLayout } from './redis-data/layout.js';
import { requireStopped } from './redis-data/require-stopped.js';
import { refused } from './sql/refusal.js';

const ASIDE = 'the name of a folder in reviver-aside, such as R-12_3';

/** What undoes restore_backup. Meant for rollbacks; a runbook may use it by hand. */
export const restorePrevious = defineAction({
  name: 'restore_previous',
  description: 'Puts the data back that restore_backup set aside; Redis must be stopped, Postgres must run.',
  version: 2,
  input: z.strictObject({
    service: serviceName,
    aside: z.string({ error: ASIDE }).regex(/^(?!\.+$)[\w.-]+$/, { error: ASIDE }),
    /** Of Postgres: which one was restored. */
    database: text('the name of a database').optional(),
  }),
  risk: 0.4,
  idempotent: true,
  timeoutMs: 60_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Put back the previous data of ${service}`,

  async run({ service, aside, database }, ctx) {
    if (database !== undefined) {
      const url = databaseUrl('postgres', service, ctx);
      const restored = await putBackDatabase({ url, database, aside }, ctx.signal).catch((error: unknown) => {
        ctx.signal.throwIfAborted();
        throw refused(error, service, `Whether ${database} was put back is seen when this is tried again.`);
      });
      if (restored === undefined) return { summary: 'nothing was set aside any more' };
      return { summary: `put back ${database}; the restored one is kept as the database ${restored}` };
    }
    const { folder } = await redisLayout(ctx.service(service));
    const journal = await readJournal(asideFolder(folder, aside));
    if (!journal) return { summary: 'nothing had been set aside' };
    if (journal.state === 'returned') return { summary: 'put back before' };
    await requireStopped(service, ctx);
    const files = await putBack(folder, asideFolder(folder, aside));
    return { summary: files.length > 0 ? `put back ${files.join(', ')}` : 'as before: no data', files };
  },

  async probe({ service, aside, database }, _, ctx) {
    if (database !== undefined) {
      const url = databaseUrl('postgres', service, ctx);
      const waits = await isSetAside({ url, database, aside }, ctx.signal);
      if (waits) return { outcome: 'not_done', evidence: `the previous ${database} is still set aside` };
      return { outcome: 'done', evidence: `no previous ${database} is set aside`, result: { summary: 'put back' } };
    }
    const { folder } = await redisLayout(ctx.service(service));
    const journal = await readJournal(asideFolder(folder, aside));
    if (!journal)
      return {
        outcome: 'done',
        evidence: 'nothing had been set aside',
        result: { summary: 'nothing had been set aside' },
      };
    if (journal.state !== 'returned')
      return { outcome: 'not_done', evidence: `the files in ${aside} are not all put back` };
    return {
      outcome: 'done',
      evidence: 'all files are put back',
      result: { summary: `put back ${journal.had.join(', ')}` },
    };
  },

  async preview({ service, aside }, ctx) {
    const { folder } = await redisLayout(ctx.service(service));
    const journal = await readJournal(asideFolder(folder, aside));
    if (!journal) return `nothing was set aside as ${aside}: nothing to put back`;
    if (journal.state === 'returned') return `what was set aside as ${aside} is put back already`;
    const files = journal.had.length > 0 ? journal.had.join(', ') : 'no data';
    return `would put ${files} of ${service} back that ${journal.had.length === 1 ? 'is' : 'are'} kept in ${aside}`;
  },
});
