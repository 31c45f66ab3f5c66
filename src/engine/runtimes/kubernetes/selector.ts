import type { Kind } from './place.js';
import type { Pod } from './pod-schema.js';
import type { Workload } from './schema.js';

/** A label selector as the API's query takes it: `app=web,tier in (a,b),!old`. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: Workload['spec']['selector']): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    const write = OPERATORS[operator];
    // A selector that is not understood selects nothing: too many pods would be worse than none.
    return write ? write(key, values.join(',')) : `${key},!${key}`;
  });
  return [...labels, ...expressions].join(',');
}

const OPERATORS: Record<string, (key: string, values: string) => string> = {
  In: (key, values) => `${key} in (${values})`,
  NotIn: (key, values) => `${key} notin (${values})`,
  Exists: (key) => key,
  DoesNotExist: (key) => `!${key}`,
};

/**
 * Those that belong to it: labels may fit others, too. A Deployment owns its pods through a ReplicaSet, whose name is its
 * own and the hash of the template.
 */
export function ownPods(kind: Kind, { metadata }: Workload, pods: readonly Pod[]): Pod[] {
  return pods.filter((pod) =>
    pod.metadata.ownerReferences.some((owner) =>
      kind === 'deployment'
        ? owner.kind === 'ReplicaSet' && owner.name === `${metadata.name}-${pod.metadata.labels['pod-template-hash']}`
        : owner.uid === metadata.uid,
    ),
  );
}
