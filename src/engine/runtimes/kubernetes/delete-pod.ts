import type { Cluster } from './cluster.js';
import type { Pod } from './pod-schema.js';
import { isConflict, isMissing } from './refusal.js';

/** Exactly this pod: another one of its name is left alone. */
export async function deletePod(
  cluster: Cluster,
  { metadata }: Pick<Pod, 'metadata'>,
  { graceSeconds }: { graceSeconds?: number },
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name, uid } = metadata;
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: { uid },
    ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
  };
  const request = { method: 'DELETE', path: `/api/v1/namespaces/${namespace}/pods/${name}`, body } as const;
  await cluster.text(`delete pod ${namespace}/${name}`, request, signal).catch((error: unknown) => {
    // A precondition that does not hold is a conflict: the pod of that name is another one.
    if (!isMissing(error) && !isConflict(error)) throw error;
  });
}
