import { redact } from '../../model/redact.js';
import type { ClusterEvent, ContainerStatus, Pod } from './pod-schema.js';
import type { Workload } from './schema.js';
import { alive, restartsOf } from './status.js';

/** Why pods do not come to be ready. */
export interface Stall {
  /** For people: `pod web-abc: the image shop:1.9 cannot be pulled (ErrImagePull: not found)`. */
  why: string;
  /** How long it may stay so before waiting on is pointless, milliseconds; Infinity: it may mend itself. */
  patienceMs: number;
}

/** What the kubelet and the controllers call it. Source: pkg/kubelet/images/types.go, kuberuntime, container/sync_result.go. */
const WAITING: Record<string, { words(status: ContainerStatus): string; patienceMs: number }> = {
  ErrImagePull: { words: ({ image }) => `the image ${image} cannot be pulled`, patienceMs: 20_000 },
  ImagePullBackOff: { words: ({ image }) => `the image ${image} cannot be pulled`, patienceMs: 20_000 },
  ErrImageNeverPull: {
    words: ({ image }) => `the image ${image} is not on the node, and must not be pulled`,
    patienceMs: 5_000,
  },
  InvalidImageName: { words: ({ image }) => `${image} is not the name of an image`, patienceMs: 5_000 },
  CreateContainerConfigError: { words: () => 'its configuration cannot be used', patienceMs: 20_000 },
  CreateContainerError: { words: () => 'its container cannot be made', patienceMs: 20_000 },
  RunContainerError: { words: () => 'its container cannot be started', patienceMs: 20_000 },
  CrashLoopBackOff: { words: (status) => `its container ${status.name} ends again and again`, patienceMs: 20_000 },
};

/**
 * What keeps pods from being made tells first; then the newest pods that are not ready, and what the cluster gave up.
 * `hash` is that of the template that is wanted.
 */
export function whyNotReady(
  workload: Workload,
  pods: readonly Pod[],
  { events = [], hash }: { events?: readonly ClusterEvent[]; hash?: string | undefined } = {},
): Stall | undefined {
  const ill = alive(pods)
    // While a rollout goes on, what is wrong with the pods that it replaces is no reason.
    .filter(({ metadata }) => hash === undefined || hashOf(metadata) === hash)
    .filter((pod) => !pod.metadata.deletionTimestamp && !isReady(pod))
    .sort(newestFirst);
  const [ofPods] = ill.flatMap((pod): Stall[] => {
    const found = ofPod(pod, events);
    return found ? [{ ...found, why: redact(`pod ${pod.metadata.name}: ${found.why}`) }] : [];
  });
  return notMade(workload, pods, events) ?? givenUp(workload, ofPods) ?? ofPods;
}

/** Of the template that a pod or a revision is made from. */
export function hashOf({ labels }: Pod['metadata']): string | undefined {
  return labels['pod-template-hash'] ?? labels['controller-revision-hash'];
}

export function isReady({ status }: Pod): boolean {
  return (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');
}

export function newestFirst(a: Pod, b: Pod): number {
  return (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '');
}

function ofPod(pod: Pod, events: readonly ClusterEvent[]): Stall | undefined {
  const { conditions = [], containerStatuses = [], initContainerStatuses = [] } = pod.status;
  const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled)
    return {
      why: `no node can take it (${told(unscheduled.reason, unscheduled.message)})`,
      patienceMs: Number.POSITIVE_INFINITY,
    };
  for (const status of [...initContainerStatuses, ...containerStatuses]) {
    const { waiting, terminated } = status.state;
    const known = WAITING[waiting?.reason ?? ''];
    if (waiting && known) {
      const why = endOf(status) ?? told(waiting.reason, waiting.message);
      return { why: `${known.words(status)} (${why})`, patienceMs: known.patienceMs };
    }
    if (terminated && terminated.exitCode !== 0)
      return {
        why: `its container ${status.name} ended (${exitWords(terminated)})`,
        patienceMs: Number.POSITIVE_INFINITY,
      };
  }
  const last = events.filter(({ involvedObject }) => involvedObject.uid === pod.metadata.uid).at(-1);
  const restarts = restartsOf(pod);
  const crashed = containerStatuses.map(endOf).find((end) => end !== undefined);
  const why = last ? told(last.reason, last.message) : undefined;
  const again = restarts > 0 && crashed ? `it was restarted ${restarts} times, the last time after ${crashed}` : '';
  const words = [again, why ?? ''].filter((part) => part !== '').join('; ');
  return words ? { why: words, patienceMs: Number.POSITIVE_INFINITY } : undefined;
}

/** Of a container that ended before: `exit code 1`, `OOMKilled, exit code 137`. */
function endOf({ lastState }: ContainerStatus): string | undefined {
  return lastState.terminated && exitWords(lastState.terminated);
}

function exitWords({ exitCode, reason }: { exitCode: number; reason?: string | undefined }): string {
  return `${reason && reason !== 'Error' && reason !== 'Completed' ? `${reason}, ` : ''}exit code ${exitCode}`;
}

function notMade(
  { metadata, status }: Workload,
  pods: readonly Pod[],
  events: readonly ClusterEvent[],
): Stall | undefined {
  const failure = status.conditions?.find(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True');
  const last = events.findLast(
    ({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject.uid === metadata.uid,
  );
  const known = failure ?? (pods.length === 0 ? last : undefined);
  return known && { why: `no pod can be made (${told(known.reason, known.message)})`, patienceMs: 20_000 };
}

/** The controller forgets a while after a change that it had given up on what was there before. */
function givenUp({ status }: Workload, ofPods: Stall | undefined): Stall | undefined {
  const late = status.conditions?.find(({ reason }) => reason === 'ProgressDeadlineExceeded');
  if (!late) return undefined;
  return { why: ofPods?.why ?? `the cluster has given up (${told(late.reason, late.message)})`, patienceMs: 10_000 };
}

const MOST_CHARACTERS = 240;

function told(reason: string | undefined, message: string | undefined): string {
  const parts = [reason, message?.trim().slice(0, MOST_CHARACTERS)].filter((part) => part !== undefined && part !== '');
  return parts.join(': ') || 'it is not said why';
}
