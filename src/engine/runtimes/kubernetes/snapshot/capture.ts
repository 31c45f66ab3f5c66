import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { KubernetesPlace } from '../../../model/service.js';
import type { Captured } from '../../../snapshots/snapshot.js';
import { words } from '../../size.js';
import type { Cluster } from '../cluster.js';
import { inWords, isTurnedOff, KINDS } from '../place.js';
import { turnedOn } from '../power.js';
import { isForbidden } from '../refusal.js';
import { listOf, plainObject, type Workload } from '../schema.js';
import { imagesOf } from '../status.js';
import { readWorkload } from '../workload.js';
import { findObject, type PlainKind } from './apply.js';
import { type Manifest, manifest, manifestOf } from './manifest.js';
import { namedIn } from './named.js';

const FILE = 'objects.json';

export const keptObjects = z.object({ workload: manifest, others: z.array(manifest) });
export type KeptObjects = z.output<typeof keptObjects>;

export function fileIn(folder: string): string {
  return join(folder, FILE);
}

/** The object, and the ConfigMaps, Secrets and Services around it, as far as Reviver may read them. */
export async function captureObjects(
  cluster: Cluster,
  place: KubernetesPlace,
  folder: string,
  signal: AbortSignal,
): Promise<Captured> {
  const found = await readWorkload(cluster, place, signal);
  const { configMaps, secrets, claims } = namedIn(found.spec.template);
  const missing: string[] = [];
  const others: Manifest[] = [];
  const named: [PlainKind, string[]][] = [
    ['ConfigMap', configMaps],
    ['Secret', secrets],
  ];
  for (const [kind, names] of named)
    for (const name of names) {
      const object = await orNote(findObject(cluster, kind, place.namespace, name, signal), missing, `${kind} ${name}`);
      if (object) others.push(manifestOf(object));
    }
  others.push(...((await orNote(servicesFor(cluster, place, found, signal), missing, 'Services')) ?? []));
  const running = asItRuns(place, found);
  const kept: KeptObjects = { workload: manifestOf(running), others };
  await mkdir(folder, { recursive: true });
  await writeFile(fileIn(folder), JSON.stringify(kept), { mode: 0o600 });
  const images = imagesOf(found).join(', ');
  const size = KINDS[place.kind].sized ? `, ${words({ replicas: running.spec.replicas ?? 1 })}` : '';
  return {
    contents: [
      `${inWords(place)} of ${images}${size}`,
      ...others.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ...(claims.length > 0 ? [`not in it: the data of ${claims.join(', ')}`] : []),
      ...(missing.length > 0 ? [`not in it, since Reviver may not read them: ${missing.join(', ')}`] : []),
    ],
    facts: { image: images },
  };
}

/** One that is stopped is kept with the size that it had: bringing it back means that it runs. */
function asItRuns(place: KubernetesPlace, found: Workload): Workload {
  return isTurnedOff(place.kind, found) ? turnedOn(place, found) : found;
}

async function orNote<T>(asked: Promise<T>, missing: string[], what: string): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (!isForbidden(error)) throw error;
    missing.push(what);
    return undefined;
  });
}

const serviceObject = plainObject.extend({
  spec: z.looseObject({ selector: z.record(z.string(), z.string()).optional() }),
});

/** Those that lead to its pods. */
async function servicesFor(
  cluster: Cluster,
  { namespace }: KubernetesPlace,
  { spec }: Workload,
  signal: AbortSignal,
): Promise<Manifest[]> {
  const labels = spec.template.metadata?.labels ?? {};
  const { items } = await cluster.ask(
    `list the services of ${namespace}`,
    { path: `/api/v1/namespaces/${namespace}/services` },
    listOf(serviceObject),
    signal,
  );
  const leads = items.filter(({ spec: { selector = {} } }) => {
    const wanted = Object.entries(selector);
    return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
  });
  // In a list an object does not say what it is.
  return leads.map((object) => manifestOf({ ...object, apiVersion: 'v1', kind: 'Service' }));
}
