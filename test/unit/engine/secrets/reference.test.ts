import { describe, expect, test } from '@jest/globals';
import { holdsReference, referencesIn, replaced, textsOf } from '../../../../src/engine/secrets/reference.js';

describe('a text', () => {
  test.each([
    ['env:ORDERS_TOKEN', [{ scheme: 'env', name: 'ORDERS_TOKEN' }]],
    ['file:/run/secrets/a', [{ scheme: 'file', name: '/run/secrets/a' }]],
    ['vault:secret/data/orders#password', [{ scheme: 'vault', name: 'secret/data/orders#password' }]],
    ['Bearer ${env:A}', [{ scheme: 'env', name: 'A' }]],
    [
      '${env:A}:${op:b/c}',
      [
        { scheme: 'env', name: 'A' },
        { scheme: 'op', name: 'b/c' },
      ],
    ],
    ['postgres://u:${file:/run/p}@db/x', [{ scheme: 'file', name: '/run/p' }]],
    ['file:relative', [{ scheme: 'file', name: 'relative' }]],
  ])('%s names secrets', (text, found) => expect(referencesIn(text)).toEqual(found));

  test.each([
    'file:./dev.db',
    'file:///var/lib/a.db',
    'http://env:8080',
    'env: production',
    'the env:A',
    '${HOME}',
    '${}',
  ])('%s names none', (text) => expect(holdsReference(text)).toBe(false));
});

describe('what stands for a reference', () => {
  const by = (text: string) => replaced(text, () => 'p@ss/w:rd ${env:B}');

  test('is put in as it is, and not looked through again', () => {
    expect(by('env:A')).toBe('p@ss/w:rd ${env:B}');
    expect(by('Bearer ${env:A}')).toBe('Bearer p@ss/w:rd ${env:B}');
  });

  test('is encoded within a URL, so that it stays the part that it is', () => {
    const url = new URL(by('postgres://u:${env:A}@db:5432/x'));
    expect([url.host, decodeURIComponent(url.password)]).toEqual(['db:5432', 'p@ss/w:rd ${env:B}']);
  });
});

test('texts are found at any depth, with their places', () => {
  expect(textsOf({ a: ['x', { b: 'y' }], c: 1, d: null })).toEqual([
    { path: ['a', 0], text: 'x' },
    { path: ['a', 1, 'b'], text: 'y' },
  ]);
});
