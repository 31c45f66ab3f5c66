import { ActionError } from '../../actions/action.js';
import type { KubernetesPlace } from '../../model/service.js';
import type { Cluster } from './cluster.js';
import { essence } from './essence.js';
import { inWords } from './place.js';
import { controllerRevision, listOf, replicaSet, type Template, type Workload } from './schema.js';
import { selectorText } from './selector.js';
import { hashOf } from './stall.js';

/** What a workload once was told to run. */
export interface Revision {
  number: number;
  template: Template;
  /** Of the template, as the pods made from it have it. */
  hash: string;
  /** What its author said of it, for people. */
  cause?: string;
}

const NUMBER = 'deployment.kubernetes.io/revision';
const CAUSE = 'kubernetes.io/change-cause';

/** All that the cluster still knows, newest first: the first one is the present one. */
export async function revisionsOf(
  cluster: Cluster,
  place: KubernetesPlace,
  found: Workload,
  signal?: AbortSignal,
): Promise<Revision[]> {
  const query = { labelSelector: selectorText(found.spec.selector) };
  const what = `list the revisions of ${inWords(place)}`;
  const base = `/apis/apps/v1/namespaces/${place.namespace}`;
  const owned = ({ metadata }: { metadata: Workload['metadata'] }): boolean =>
    metadata.ownerReferences.some(({ uid }) => uid === found.metadata.uid);
  const ask = async (): Promise<Revision[]> => {
    if (place.kind === 'deployment') {
      const { items } = await cluster.ask(what, { path: `${base}/replicasets`, query }, listOf(replicaSet), signal);
      return items.filter(owned).map(({ metadata, spec }) => ({
        number: Number(metadata.annotations[NUMBER] ?? 0),
        template: spec.template,
        hash: hashOf(metadata) ?? '',
        ...causeIn(metadata.annotations),
      }));
    }
    const request = { path: `${base}/controllerrevisions`, query };
    const { items } = await cluster.ask(what, request, listOf(controllerRevision), signal);
    return items.filter(owned).map(({ metadata, revision, data }) => {
      // A patch, which says of itself that it replaces the template as a whole.
      const { $patch: _, ...template } = data.spec.template;
      // A StatefulSet labels its pods by the revision's name, a DaemonSet by its hash.
      const hash = place.kind === 'statefulset' ? metadata.name : (hashOf(metadata) ?? '');
      return { number: revision, template, hash, ...causeIn(metadata.annotations) };
    });
  };
  return (await ask()).filter(({ number }) => number > 0).sort((a, b) => b.number - a.number);
}

function causeIn(annotations: Readonly<Record<string, string>>): { cause?: string } {
  const cause = annotations[CAUSE];
  return cause === undefined ? {} : { cause };
}

/**
 * The revision that is meant: by number, else the newest earlier one that is not what runs now. A restart also makes a
 * revision, which differs in its time alone: going back to the one before it would change nothing. What was left by a
 * rollback is not gone back to: the second rollback would bring the bad one back.
 */
export function chooseRevision(
  name: string,
  revisions: readonly Revision[],
  { wanted, left = new Set() }: { wanted?: number | undefined; left?: ReadonlySet<string> } = {},
): Revision {
  const [now, ...earlier] = revisions;
  const known = earlier.map(({ number }) => number).join(', ');
  if (wanted !== undefined) {
    const found = revisions.find(({ number }) => number === wanted);
    if (found) return found;
    throw refusal(`The cluster knows no revision ${wanted} of ${name}${known ? `; it knows ${known}` : ''}`);
  }
  const others = earlier.filter(({ template }) => now && !isSame(template, now.template));
  // What was left may have been restarted before: its other revisions are as bad.
  const bad = revisions.filter(({ hash }) => left.has(hash));
  const found = others.find(({ template }) => !bad.some((one) => isSame(one.template, template)));
  if (found) return found;
  if (others.length > 0)
    throw refusal(`${name} was rolled back from all of its other revisions (${known}): name one with to_revision`);
  if (earlier.length === 0)
    throw refusal(`${name} has no earlier revision: it was never changed, or its history was cleared`);
  throw refusal(`All earlier revisions of ${name} (${known}) are the same as the present one: they were restarts`);
}

export function isSame(one: Template, other: Template): boolean {
  return canonical(essence(one)) === canonical(essence(other));
}

function refusal(what: string): ActionError {
  return new ActionError(`${what}. Nothing was changed; restore_snapshot brings back what a snapshot kept.`, {
    code: 'no_revision',
    retryable: false,
  });
}

/** The order of keys is not part of an object. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
