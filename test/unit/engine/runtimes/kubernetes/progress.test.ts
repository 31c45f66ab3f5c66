import { describe, expect, test } from '@jest/globals';
import { worstPod } from '../../../../../src/engine/actions/kubernetes/worst-pod.js';
import { marked } from '../../../../../src/engine/runtimes/kubernetes/marks.js';
import { isGone, rolledOut, runs } from '../../../../../src/engine/runtimes/kubernetes/progress.js';
import { proofOf } from '../../../../../src/engine/runtimes/kubernetes/proof.js';
import { ownPods, selectorText } from '../../../../../src/engine/runtimes/kubernetes/selector.js';
import { statusOf } from '../../../../../src/engine/runtimes/kubernetes/status.js';
import { aContainer, aPod, aWorkload, UNREADY } from './objects.js';

const place = { namespace: 'shop', kind: 'deployment', name: 'web' } as const;
const BY = 'R-12/3@here';
const pods = [aPod('web-1'), aPod('web-2')];
const seen = (workload = aWorkload(), of = pods) => ({ workload, pods: of });

describe('a rollout', () => {
  test('is there when all pods are new and ready', () => {
    expect(rolledOut('deployment', seen())).toBeUndefined();
  });

  test.each<[string, object, string]>([
    ['before the cluster has seen it', { observedGeneration: 2 }, 'the cluster has not begun'],
    ['while pods are old', { updatedReplicas: 1 }, '1 of 2 pods new'],
    ['while old pods are left', { replicas: 3 }, '1 pod still to end'],
  ])('is not there %s', (_when, status, words) => {
    expect(rolledOut('deployment', seen(aWorkload({ status })))).toBe(words);
  });

  test('is not there while a pod is not ready, also when the cluster still counts the one before it', () => {
    expect(rolledOut('deployment', seen(aWorkload(), [aPod('web-1')]))).toBe('1 of 2 pods ready');
  });
});

test('what is started runs, ready or not; what is stopped is gone when no pod is left', () => {
  const unready = [aPod('web-1', { status: UNREADY }), aPod('web-2', { status: UNREADY })];
  expect(runs('deployment', seen(aWorkload(), unready))).toBeUndefined();
  expect(runs('deployment', seen(aWorkload(), []))).toBe('0 of 2 pods running');
  expect(isGone('deployment', seen(aWorkload(), unready))).toBe('2 pods still there');
  expect(isGone('deployment', seen(aWorkload(), []))).toBeUndefined();
});

describe('whether a step has done what it should', () => {
  test('is told by its own mark, never by health', () => {
    expect(proofOf('restart', BY, place, seen())).toMatchObject({ outcome: 'not_done' });
    expect(proofOf('restart', BY, place, seen(marked(aWorkload(), { by: 'R-12/3@elsewhere' })))).toMatchObject({
      outcome: 'not_done',
    });
    expect(proofOf('restart', BY, place, seen(marked(aWorkload(), { by: BY })))).toMatchObject({ outcome: 'done' });
  });

  test('and by what the cluster has done of it', () => {
    const asked = marked(aWorkload({ status: { updatedReplicas: 1 } }), { by: BY });
    expect(proofOf('restart', BY, place, seen(asked))).toMatchObject({
      outcome: 'not_done',
      evidence: 'it has the mark of this step, and 1 of 2 pods new',
    });
    const replacing = marked(aWorkload(), { by: BY, replaces: ['u-web-1'] });
    expect(proofOf('recreate', BY, place, seen(replacing))).toMatchObject({
      evidence: expect.stringContaining('of before'),
    });
  });

  test('a stop is done when it is to be stopped and nothing runs', () => {
    const off = aWorkload({ spec: { replicas: 0 } });
    expect(proofOf('stop', BY, place, seen(aWorkload(), []))).toMatchObject({ outcome: 'not_done' });
    expect(proofOf('stop', BY, place, seen(off))).toMatchObject({ outcome: 'not_done' });
    expect(proofOf('stop', BY, place, seen(off, []))).toMatchObject({ outcome: 'done' });
    expect(proofOf('start', BY, place, seen(off, []))).toMatchObject({ outcome: 'not_done' });
  });
});

describe('an instance', () => {
  const instance = (of: typeof pods) => statusOf(place, seen(aWorkload(), of)).instance;

  test('is another one with another pod, and with a restart in one', () => {
    const restarted = aPod('web-2', { status: { containerStatuses: [aContainer({ restartCount: 1 })] } });
    const all = [instance(pods), instance([aPod('web-1'), aPod('web-3')]), instance([aPod('web-1'), restarted])];
    expect(new Set(all).size).toBe(3);
    expect(instance([...pods].reverse())).toBe(instance(pods));
  });

  test('is none where pods have ended or there are none', () => {
    expect(instance([aPod('web-1', { status: { phase: 'Failed' } })])).toBeNull();
    expect(statusOf(place, undefined)).toMatchObject({ status: 'missing', instance: null });
  });
});

test('pods of others that the selector fits are left alone', () => {
  const stranger = aPod('other', {
    metadata: { ownerReferences: [{ kind: 'ReplicaSet', name: 'other-abc', uid: 'x' }] },
  });
  expect(ownPods('deployment', aWorkload(), [...pods, stranger])).toEqual(pods);
});

test('a selector is written as the API takes it, and one that is not understood selects nothing', () => {
  const matchExpressions = [
    { key: 'tier', operator: 'In', values: ['a', 'b'] },
    { key: 'old', operator: 'DoesNotExist' },
  ];
  expect(selectorText({ matchLabels: { app: 'web' }, matchExpressions })).toBe('app=web,tier in (a,b),!old');
  expect(selectorText({ matchExpressions: [{ key: 'x', operator: 'Like', values: ['y'] }] })).toBe('x,!x');
});

test('the worst pod is not ready, was restarted most, and does not end already; among well ones there is none', () => {
  const crashed = aPod('crashed', { status: { ...UNREADY, containerStatuses: [aContainer({ restartCount: 4 })] } });
  const hung = aPod('hung', { status: UNREADY });
  const ending = { ...crashed, metadata: { ...crashed.metadata, name: 'ending', deletionTimestamp: 'now' } };
  expect(worstPod([...pods, ending, hung, crashed])?.metadata.name).toBe('crashed');
  expect(worstPod([...pods, ending])?.metadata.name).toBe('ending');
  expect(worstPod(pods)).toBeUndefined();
});
