import { ActionError } from '../../actions/action.js';
import type { KubernetesPlace } from '../../model/service.js';
import type { Cluster } from './cluster.js';
import { RESTARTED_AT } from './essence.js';
import { madeBy, marked } from './marks.js';
import { inWords, isTurnedOff } from './place.js';
import { turnedOn, withTemplate } from './power.js';
import { rolledOut } from './progress.js';
import { inDoubt } from './refusal.js';
import type { Revision } from './revisions.js';
import type { Template, Workload } from './schema.js';
import { unstick } from './unstick.js';
import { until } from './wait.js';
import { change, type Seen } from './workload.js';

/** Replaces the pods a few at a time, as `kubectl rollout restart` does; one that is stopped is started. Once a step. */
export async function rollingRestart(
  cluster: Cluster,
  place: KubernetesPlace,
  by: string,
  signal: AbortSignal,
): Promise<Seen> {
  const at = new Date().toISOString();
  await change(
    cluster,
    place,
    'restart',
    (found) => {
      if (madeBy(found) === by) return undefined;
      refuseWhatDoesNotRoll(place, found);
      if (isTurnedOff(place.kind, found)) return marked(turnedOn(place, found), { by });
      const { template } = found.spec;
      return marked(withTemplate(found, annotated(template, { [RESTARTED_AT]: at })), { by });
    },
    signal,
  );
  return settled(cluster, place, signal);
}

/** Gives it the template of another revision, and notes which one it had. Once a step. */
export async function rollBack(
  cluster: Cluster,
  place: KubernetesPlace,
  { from, to }: { from: Revision; to: Revision },
  by: string,
  signal: AbortSignal,
): Promise<Seen> {
  await change(
    cluster,
    place,
    `bring revision ${to.number} back to`,
    (found) => {
      if (madeBy(found) === by) return undefined;
      refuseWhatDoesNotRoll(place, found);
      return marked(withTemplate(found, withoutHash(to.template)), { by, left: from.hash });
    },
    signal,
  );
  return settled(cluster, place, signal);
}

/** Waits until all pods are new and ready. */
export async function settled(cluster: Cluster, place: KubernetesPlace, signal: AbortSignal): Promise<Seen> {
  if (place.kind === 'statefulset') await inDoubt(() => unstick(cluster, place, signal));
  return until(rolledOut, cluster, place, signal);
}

function annotated(template: Template, more: Record<string, string>): Template {
  const { metadata = {} } = template;
  return { ...template, metadata: { ...metadata, annotations: { ...metadata.annotations, ...more } } };
}

/** The label by which a ReplicaSet tells its pods is its own. */
function withoutHash(template: Template): Template {
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

function refuseWhatDoesNotRoll(place: KubernetesPlace, { spec }: Workload): void {
  const refuse = (why: string, todo: string): never => {
    throw new ActionError(`${inWords(place)} ${why}, so its pods would not be replaced. Nothing was changed. ${todo}`, {
      code: 'does_not_roll',
      retryable: false,
    });
  };
  if (spec.paused === true) refuse('is paused', 'Resume it: kubectl rollout resume.');
  if (spec.updateStrategy?.type === 'OnDelete')
    refuse('has the update strategy OnDelete', 'Use recreate_service, which deletes its pods.');
}
