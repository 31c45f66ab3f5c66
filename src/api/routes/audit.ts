import { z } from 'zod';
import type { SealedEntry } from '../../engine/audit/fact.js';
import { auditJson, toAuditJson } from '../json/audit.js';
import { NO_INPUT, type Route, route } from '../route.js';

/** Entries of the audit, the newest first, from before a place on. */
export type ReadAudit = (before: number | undefined, limit: number) => Promise<SealedEntry[]>;

const place = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

const auditQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('a whole number from 1 to 200'),
  cursor: place.optional().describe('the `next` of the page before'),
});

/** What was done, as it is sealed. */
export function auditRoute(read: ReadAudit): Route {
  return route({
    ...NO_INPUT,
    method: 'get',
    path: '/audit',
    operation: 'audit',
    summary:
      'What was done, by whom, when, where and why, the newest first, each with its place in the chain of hashes',
    access: ['admin'],
    query: auditQuery,
    answers: { 200: { description: 'One page', schema: auditJson } },
    errors: ['unavailable'],
    handle: async ({ query: { limit, cursor } }) => {
      const found = await read(cursor, limit + 1);
      const shown = found.slice(0, limit);
      const last = found.length > limit ? shown.at(-1) : undefined;
      return {
        status: 200,
        body: { items: shown.map(toAuditJson), next: last ? String(last.seq) : null } satisfies z.infer<
          typeof auditJson
        >,
      };
    },
  });
}
