import { type Pod, pod } from '../../../../../src/engine/runtimes/kubernetes/pod-schema.js';
import { type Workload, workload } from '../../../../../src/engine/runtimes/kubernetes/schema.js';

type Over<T> = { [Key in keyof T]?: unknown };

/** A Deployment `shop/web` with two pods that are as they should be. */
export function aWorkload({ metadata = {}, spec = {}, status = {} }: Over<Workload> = {}): Workload {
  return workload.parse({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...own('web', 'u-web'), generation: 3, ...object(metadata) },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image: 'shop:1' }] },
      },
      ...object(spec),
    },
    status: { observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2, ...object(status) },
  });
}

/** A ready pod of it. */
export function aPod(name: string, { metadata = {}, status = {} }: Over<Pod> = {}): Pod {
  return pod.parse({
    metadata: {
      ...own(name, `u-${name}`),
      labels: { app: 'web', 'pod-template-hash': 'abc' },
      ownerReferences: [{ kind: 'ReplicaSet', name: 'web-abc', uid: 'u-abc' }],
      ...object(metadata),
    },
    status: { phase: 'Running', ...READY, containerStatuses: [aContainer()], ...object(status) },
  });
}

export const READY = { conditions: [{ type: 'Ready', status: 'True' }] };
export const UNREADY = { conditions: [{ type: 'Ready', status: 'False' }] };

export function aContainer(over: object = {}): object {
  return {
    name: 'main',
    image: 'shop:1',
    ready: true,
    restartCount: 0,
    state: { running: {} },
    lastState: {},
    ...over,
  };
}

function own(name: string, uid: string): object {
  return { name, namespace: 'shop', uid, resourceVersion: '7', creationTimestamp: '2026-11-22T12:00:00Z' };
}

function object(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
