import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ActionError } from '../../../actions/action.js';
import type { KubernetesPlace } from '../../../model/service.js';
import { mayUndo } from '../../may-undo.js';
import type { Cluster } from '../cluster.js';
import { madeBy, marked } from '../marks.js';
import { inWords, KINDS, pathOf } from '../place.js';
import { settled } from '../rollout.js';
import { type Workload, workload } from '../schema.js';
import { change, findWorkload, type Seen } from '../workload.js';
import { applyObject } from './apply.js';
import { fileIn, keptObjects } from './capture.js';
import type { Manifest } from './manifest.js';

interface Asked {
  by: string;
  signal: AbortSignal;
}

/** First what is around it, then the workload itself. When its pods do not come to be ready, what was there before is back. */
export async function restoreObjects(
  cluster: Cluster,
  place: KubernetesPlace,
  folder: string,
  asked: Asked,
): Promise<Seen> {
  const { signal, by } = asked;
  const kept = keptObjects.parse(JSON.parse(await readFile(fileIn(folder), 'utf8')));
  const before = await standing(cluster, place, signal);
  const replaced: Manifest[] = [];
  try {
    for (const other of kept.others) {
      const was = await applyObject(cluster, other, signal);
      if (was) replaced.push(was);
    }
    await writeWorkload(cluster, place, kept.workload, { before, by, signal });
    return await settled(cluster, place, signal);
  } catch (error) {
    if (!before || madeBy(before) === by || !mayUndo(signal) || !(error instanceof ActionError)) throw error;
    await putBack(cluster, place, before, replaced);
    throw new ActionError(`${error.message} What was there before is back in its place.`, error.options);
  }
}

/** One that is being removed is waited for: what is written into it would go with it. */
async function standing(cluster: Cluster, place: KubernetesPlace, signal: AbortSignal): Promise<Workload | undefined> {
  for (;;) {
    const found = await findWorkload(cluster, place, signal);
    if (!found?.metadata.deletionTimestamp) return found;
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

const LOOK_EVERY_MS = 250;

async function writeWorkload(
  cluster: Cluster,
  place: KubernetesPlace,
  kept: Manifest,
  { before, by, signal }: Asked & { before: Workload | undefined },
): Promise<void> {
  const wanted = marked(workload.parse(kept), { by });
  if (before) {
    const edit = (found: Workload): Workload | undefined =>
      madeBy(found) === by ? undefined : asWanted(place, found, wanted);
    await change(cluster, place, 'restore', edit, signal);
    return;
  }
  const { uid: _, resourceVersion: __, generation: ___, ...metadata } = wanted.metadata;
  const { status: ____, ...body } = wanted;
  const path = pathOf(place).replace(/\/[^/]+$/, '');
  await cluster.text(
    `make ${inWords(place)}`,
    { method: 'POST', path, body: { ...body, metadata, kind: KINDS[place.kind].title } },
    signal,
  );
}

/** Of a StatefulSet only these may change. Source: Kubernetes validation, ValidateStatefulSetUpdate. */
function asWanted({ kind }: KubernetesPlace, found: Workload, { metadata, spec }: Workload): Workload {
  const { replicas, template, updateStrategy } = spec;
  const changeable = { replicas, template, updateStrategy };
  return {
    ...found,
    metadata: {
      ...found.metadata,
      labels: metadata.labels,
      // The revision is the cluster's own count.
      annotations: { ...revisionOf(found), ...metadata.annotations },
    },
    spec: kind === 'statefulset' ? { ...found.spec, ...changeable } : spec,
  };
}

function revisionOf({ metadata }: Workload): Record<string, string> {
  const key = 'deployment.kubernetes.io/revision';
  const revision = metadata.annotations[key];
  return revision === undefined ? {} : { [key]: revision };
}

const BACK_WITHIN_MS = 4_000;

async function putBack(
  cluster: Cluster,
  place: KubernetesPlace,
  before: Workload,
  replaced: readonly Manifest[],
): Promise<void> {
  const signal = AbortSignal.timeout(BACK_WITHIN_MS);
  for (const other of replaced) await applyObject(cluster, other, signal);
  await change(cluster, place, 'put back', (found) => asWanted(place, found, before), signal);
}
