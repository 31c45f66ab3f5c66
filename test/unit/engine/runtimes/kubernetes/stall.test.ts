import { describe, expect, test } from '@jest/globals';
import type { ClusterEvent } from '../../../../../src/engine/runtimes/kubernetes/pod-schema.js';
import { whyNotReady } from '../../../../../src/engine/runtimes/kubernetes/stall.js';
import { aContainer, aPod, aWorkload, UNREADY } from './objects.js';

const waiting = (reason: string, message?: string, over: object = {}) =>
  aPod('web-1', {
    status: { ...UNREADY, containerStatuses: [aContainer({ state: { waiting: { reason, message } }, ...over })] },
  });

const event = (reason: string, message: string, uid = 'u-web-1'): ClusterEvent => ({
  type: 'Warning',
  reason,
  message,
  involvedObject: { uid },
});

test.each<[string, ReturnType<typeof aPod>, string]>([
  [
    'an image that cannot be pulled',
    waiting('ImagePullBackOff', 'Back-off pulling image "shop:2"'),
    'pod web-1: the image shop:1 cannot be pulled (ImagePullBackOff: Back-off pulling image "shop:2")',
  ],
  [
    'a crash loop',
    waiting('CrashLoopBackOff', 'back-off 10s', { lastState: { terminated: { exitCode: 3, reason: 'Error' } } }),
    'pod web-1: its container main ends again and again (exit code 3)',
  ],
  [
    'want of memory',
    waiting('CrashLoopBackOff', '', { lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }),
    'pod web-1: its container main ends again and again (OOMKilled, exit code 137)',
  ],
  [
    'a configuration that is not there',
    waiting('CreateContainerConfigError', 'configmap "web" not found'),
    'pod web-1: its configuration cannot be used (CreateContainerConfigError: configmap "web" not found)',
  ],
  [
    'no room',
    aPod('web-1', {
      status: {
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes: Insufficient cpu.' },
        ],
        containerStatuses: [],
      },
    }),
    'pod web-1: no node can take it (Unschedulable: 0/3 nodes: Insufficient cpu.)',
  ],
])('%s is told', (_what, pod, words) => {
  expect(whyNotReady(aWorkload(), [aPod('web-2'), pod])?.why).toBe(words);
});

test('a pod that runs and is not ready is told by its last event', () => {
  const pod = aPod('web-1', { status: UNREADY });
  const events = [event('Unhealthy', 'HTTP 500'), event('Unhealthy', 'of another', 'u-other')];
  expect(whyNotReady(aWorkload(), [pod], { events })?.why).toBe('pod web-1: Unhealthy: HTTP 500');
});

describe('what is no reason', () => {
  test('pods that are ready', () => {
    expect(whyNotReady(aWorkload(), [aPod('web-1'), aPod('web-2')])).toBeUndefined();
  });

  test('a pod that ends', () => {
    const pod = { ...waiting('CrashLoopBackOff'), metadata: { ...aPod('web-1').metadata, deletionTimestamp: 'now' } };
    expect(whyNotReady(aWorkload(), [pod])).toBeUndefined();
  });

  test('what is wrong with the pods that a rollout replaces', () => {
    expect(whyNotReady(aWorkload(), [waiting('CrashLoopBackOff')], { hash: 'new' })).toBeUndefined();
    expect(whyNotReady(aWorkload(), [waiting('CrashLoopBackOff')], { hash: 'abc' })).toBeDefined();
  });
});

test('pods that cannot be made are told before all else', () => {
  const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' };
  const found = whyNotReady(aWorkload({ status: { conditions: [failure] } }), [waiting('CrashLoopBackOff')]);
  expect(found?.why).toBe('no pod can be made (FailedCreate: exceeded quota)');
  const events = [event('FailedCreate', 'forbidden', 'u-web')];
  expect(whyNotReady(aWorkload(), [], { events })?.why).toBe('no pod can be made (FailedCreate: forbidden)');
});

test('what the cluster gave up is waited for no longer, with the reason of its pods', () => {
  const late = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' };
  const workload = aWorkload({ status: { conditions: [late] } });
  const pod = aPod('web-1', { status: UNREADY });
  const events = [event('Unhealthy', 'HTTP 500')];
  expect(whyNotReady(workload, [pod], { events })).toEqual({
    why: 'pod web-1: Unhealthy: HTTP 500',
    patienceMs: 10_000,
  });
  expect(whyNotReady(workload, [])?.why).toMatch(/the cluster has given up/);
});

test('a secret in what the cluster says is not told', () => {
  const said = whyNotReady(aWorkload(), [waiting('CreateContainerError', 'env PASSWORD=hunter2hunter2')])?.why;
  expect(said).not.toContain('hunter2');
});
