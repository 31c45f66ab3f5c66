import { describe, expect, test } from '@jest/globals';
import { chooseRevision, type Revision } from '../../../../../src/engine/runtimes/kubernetes/revisions.js';
import { aWorkload } from './objects.js';

const { template } = aWorkload().spec;

function revision(number: number, image: string, annotations: Record<string, string> = {}): Revision {
  const containers = [{ name: 'main', image }];
  const metadata = { labels: { app: 'web', 'pod-template-hash': `h${number}` }, annotations };
  return { number, hash: `h${number}`, template: { ...template, metadata, spec: { ...template.spec, containers } } };
}

const restarted = { 'kubectl.kubernetes.io/restartedAt': '2026-11-22T12:00:00Z' };

describe('the revision that is meant', () => {
  test('is the one before the present one', () => {
    expect(chooseRevision('web', [revision(3, 'c'), revision(2, 'b'), revision(1, 'a')]).number).toBe(2);
  });

  test('is not a restart of what runs now', () => {
    const known = [revision(3, 'b', restarted), revision(2, 'b'), revision(1, 'a')];
    expect(chooseRevision('web', known).number).toBe(1);
  });

  test('is not what runs now, stopped', () => {
    const stopped = revision(2, 'b');
    stopped.template.spec.nodeSelector = { 'reviver.stopped': 'true' };
    expect(chooseRevision('web', [revision(3, 'b'), stopped, revision(1, 'a')]).number).toBe(1);
  });

  test('is not one that a rollback has left', () => {
    const known = [revision(4, 'a'), revision(3, 'bad'), revision(2, 'older')];
    expect(chooseRevision('web', known, { left: new Set(['h3']) }).number).toBe(2);
  });

  test('is not the same as one that a rollback has left, restarted', () => {
    const known = [revision(4, 'a'), revision(3, 'bad', restarted), revision(2, 'bad'), revision(1, 'older')];
    expect(chooseRevision('web', known, { left: new Set(['h3']) }).number).toBe(1);
  });

  test('is the one that is named, whatever it is', () => {
    const known = [revision(4, 'a'), revision(3, 'bad')];
    expect(chooseRevision('web', known, { wanted: 3, left: new Set(['h3']) }).number).toBe(3);
  });

  test('does not depend on the order of keys', () => {
    const reordered = revision(1, 'a');
    const { spec, metadata } = reordered.template;
    reordered.template = {
      metadata,
      spec: { ...Object.fromEntries(Object.entries(spec).reverse()), containers: spec.containers },
    };
    expect(() => chooseRevision('web', [revision(2, 'a'), reordered])).toThrow(/they were restarts/);
  });
});

test.each<[string, Revision[], Parameters<typeof chooseRevision>[2], RegExp]>([
  ['was never changed', [revision(1, 'a')], {}, /web has no earlier revision/],
  ['was only restarted', [revision(2, 'a', restarted), revision(1, 'a')], {}, /All earlier revisions of web \(1\)/],
  ['has no such revision', [revision(2, 'b'), revision(1, 'a')], { wanted: 9 }, /no revision 9 of web; it knows 1/],
  [
    'was rolled back from all others',
    [revision(3, 'a'), revision(2, 'b')],
    { left: new Set(['h2']) },
    /was rolled back from all of its other revisions \(2\)/,
  ],
])('what %s is refused', (_what, known, how, words) => {
  expect(() => chooseRevision('web', known, how)).toThrow(words);
  expect(() => chooseRevision('web', known, how)).toThrow(/Nothing was changed/);
});
