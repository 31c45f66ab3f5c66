import { ActionError } from '../../../actions/action.js';
import type { Cluster } from '../cluster.js';
import { isConflict, isMissing } from '../refusal.js';
import { type PlainObject, plainObject } from '../schema.js';
import { addressesOf, isRecord, type Manifest, manifestOf } from './manifest.js';

/** Objects of the core that stand around a workload. */
const PLURALS = { ConfigMap: 'configmaps', Secret: 'secrets', Service: 'services' } as const;
export type PlainKind = keyof typeof PLURALS;

export async function findObject(
  cluster: Cluster,
  kind: PlainKind,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<PlainObject | undefined> {
  const path = `/api/v1/namespaces/${namespace}/${PLURALS[kind]}/${name}`;
  return cluster.ask(`read ${kind} ${namespace}/${name}`, { path }, plainObject, signal).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

const MOST_TRIES = 5;

/** Makes the object be as the manifest says; gives what was there before, undefined where it was so already or not there. */
export async function applyObject(
  cluster: Cluster,
  wanted: Manifest,
  signal: AbortSignal,
): Promise<Manifest | undefined> {
  const { kind: given, metadata } = wanted;
  const { namespace, name } = metadata;
  const kind = plainKind(given);
  const base = `/api/v1/namespaces/${namespace}/${PLURALS[kind]}`;
  const what = `write ${kind} ${namespace}/${name}`;
  for (let tries = 1; ; tries += 1) {
    const found = await findObject(cluster, kind, namespace, name, signal);
    const before = found && manifestOf(found);
    if (before && JSON.stringify(before) === JSON.stringify(wanted)) return undefined;
    try {
      if (found) {
        const { resourceVersion } = found.metadata;
        const spec = isRecord(wanted.spec) ? { spec: { ...wanted.spec, ...addressesOf(found) } } : {};
        const body = { ...wanted, ...spec, metadata: { ...metadata, resourceVersion } };
        await cluster.text(what, { method: 'PUT', path: `${base}/${name}`, body }, signal);
      } else await cluster.text(what, { method: 'POST', path: base, body: wanted }, signal);
      return before;
    } catch (error) {
      if (!isConflict(error) || tries === MOST_TRIES) throw error;
    }
  }
}

function plainKind(given: string): PlainKind {
  if (given === 'ConfigMap' || given === 'Secret' || given === 'Service') return given;
  throw new ActionError(`The snapshot holds a ${given}, which this version does not restore. Nothing was changed.`, {
    code: 'unknown_object',
    retryable: false,
  });
}
