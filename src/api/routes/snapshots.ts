import { z } from 'zod';
import type { BackupProof } from '../../engine/backups/proof.js';
import type { Engine } from '../../engine/engine.js';
import { ROLES } from '../../engine/model/person.js';
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
    }),
  ),
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
      const { items, next } = pageOf(await snapshotsOf(engine, service), query, ({ id }) => id);
      return { status: 200, body: { items, next } satisfies z.infer<typeof snapshotsJson> };
    },
  });
}

async function snapshotsOf(engine: Engine, service: string): Promise<z.infer<typeof snapshotsJson>['items']> {
  const kept = await engine.snapshots(service);
  return kept.map(({ id, runtime, by, createdAt, bytes, sha256, contents, damaged, proof }) => ({
    id,
    service,
    runtime,
    taken_by: by,
    created_at: createdAt.toISOString(),
    bytes,
    sha256,
    contents,
    ...(damaged === undefined ? {} : { damaged }),
    ...(proof ? { proof: proofJson(proof) } : {}),
  }));
}

function proofJson({ outcome, detail, at, durationMs }: BackupProof) {
  return { outcome, detail, at: at.toISOString(), duration_ms: durationMs };
}
