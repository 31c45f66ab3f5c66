import { z } from 'zod';
import type { BackupProof } from '../../engine/backups/proof.js';
import type { Engine } from '../../engine/engine.js';
import { ROLES } from '../../engine/model/person.js';
import type { KeptSnapshot } from '../../engine/snapshots/snapshot.js';
import { nextPage, pageOf, pageQuery } from '../page.js';
import { NO_INPUT, type Route, route } from '../route.js';
import { nameOf } from './fields.js';

export const snapshotsJson = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      service: z.string(),
      runtime: z.string(),
      taken_by: z.string(),
      created_at: z.iso.datetime(),
      bytes: z.number(),
      sha256: z.string(),
      contents: z.array(z.string()),
      /** Why it cannot be restored; absent: it is whole, as far as a quick look tells. */
      damaged: z.string().optional(),
      /** What came of restoring it into a scratch place; absent: nobody has tried. Those of the clock are tried each hour. */
      proof: z
        .strictObject({
          outcome: z.enum(['restored', 'failed']),
          detail: z.string(),
          at: z.iso.datetime(),
          duration_ms: z.number(),
        })
        .optional(),
      /** It lies in the bucket alone: `reviver backup fetch-snapshot` brings it to where restores look. */
      elsewhere: z.literal(true).optional(),
    }),
  ),
  /** Why the bucket could not be asked; absent: what lies there alone is in the list. */
  unasked: z.string().optional(),
  next: nextPage,
});

export function snapshotsRoute(engine: Engine): Route {
  return route({
    ...NO_INPUT,
    method: 'get',
    path: '/snapshots/{service}',
    operation: 'snapshots',
    summary: 'States of a service that are kept, the newest first',
    access: ROLES,
    params: z.strictObject({ service: nameOf('a service') }),
    query: pageQuery(50, 200),
    answers: { 200: { description: 'One page', schema: snapshotsJson } },
    errors: ['not_found'],
    handle: async ({ params: { service }, query }) => {
      const { items: all, unasked } = await engine.snapshots(service);
      const { items, next } = pageOf(all.map(toJson), query, ({ id }) => id);
      const body = { items, next, ...(unasked === undefined ? {} : { unasked }) };
      return { status: 200, body: body satisfies z.infer<typeof snapshotsJson> };
    },
  });
}

function toJson({ damaged, proof, elsewhere, ...one }: KeptSnapshot): z.infer<typeof snapshotsJson>['items'][number] {
  return {
    id: one.id,
    service: one.service,
    runtime: one.runtime,
    taken_by: one.by,
    created_at: one.createdAt.toISOString(),
    bytes: one.bytes,
    sha256: one.sha256,
    contents: one.contents,
    ...(damaged === undefined ? {} : { damaged }),
    ...(proof ? { proof: proofJson(proof) } : {}),
    ...(elsewhere ? { elsewhere } : {}),
  };
}

function proofJson({ outcome, detail, at, durationMs }: BackupProof) {
  return { outcome, detail, at: at.toISOString(), duration_ms: durationMs };
}
