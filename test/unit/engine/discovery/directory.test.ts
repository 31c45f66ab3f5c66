import { describe, expect, test } from '@jest/globals';
import { createDirectory, fixedDirectory } from '../../../../src/engine/discovery/directory.js';
import type { LabelledContainer } from '../../../../src/engine/discovery/labels.js';
import { aService } from '../../../support/builders.js';

const container = (name: string, over: Partial<LabelledContainer> = {}): LabelledContainer => ({
  id: `id-${name}`,
  name,
  labels: { 'reviver.enable': 'true' },
  created: 1,
  ...over,
});

function directory() {
  const time = { ms: 0 };
  const lines: string[] = [];
  const made = createDirectory({
    file: [aService('file')],
    strategies: ['restart'],
    intervalMs: 1_000,
    goneAfterMs: 60_000,
    clock: () => time.ms,
    log: (level, message, facts) => lines.push(`${level} ${message} ${JSON.stringify(facts)}`),
  });
  return { made, time, lines, names: () => made.all().map(({ name }) => name) };
}

describe('a directory of services', () => {
  test('begins with those of the file', () => {
    expect(directory().names()).toEqual(['file']);
    expect(fixedDirectory([aService('a')]).all()).toEqual([aService('a')]);
  });

  test('is the same array until something changes, and tells who listens', () => {
    const { made, lines } = directory();
    const heard: string[][] = [];
    const stop = made.onChange((services) => heard.push(services.map(({ name }) => name)));
    made.see([container('web')]);
    const first = made.all();
    made.see([container('web')]);
    expect(made.all()).toBe(first);
    stop();
    made.see([container('web'), container('db')]);
    expect(heard).toEqual([['file', 'web']]);
    expect(lines).toEqual([
      'info discovered services changed {"came":["web"],"went":[]}',
      'info discovered services changed {"came":["db"],"went":[]}',
    ]);
  });

  test('keeps a container that is away while it is replaced, and forgets one that stays away', () => {
    const { made, time, names } = directory();
    made.see([container('web')]);
    time.ms = 59_000;
    made.see([]);
    expect(names()).toEqual(['file', 'web']);
    time.ms = 61_000;
    made.see([]);
    expect(names()).toEqual(['file']);
  });

  test('keeps what a recovery is about, with its labels, until none is', () => {
    const { made, names } = directory();
    made.hold([{ container: 'web', labels: { 'reviver.enable': 'true', 'reviver.criticality': 'high' } }]);
    expect(made.all()).toEqual([aService('file'), expect.objectContaining({ name: 'web', criticality: 'high' })]);
    made.holdAlso([{ container: 'db', labels: { 'reviver.enable': 'true' } }]);
    expect(names()).toEqual(['file', 'db', 'web']);
    made.hold([]);
    expect(names()).toEqual(['file']);
  });

  test('believes a container that is there more than what a recovery remembers of it', () => {
    const { made, names, lines } = directory();
    made.see([container('web'), container('new', { labels: { 'reviver.enable': 'true', 'reviver.name': 'shop' } })]);
    const labels = { 'reviver.enable': 'true', 'reviver.criticality': 'high' };
    made.hold([
      { container: 'web', labels },
      { container: 'old', labels: { ...labels, 'reviver.name': 'shop' } },
      { container: 'other', labels: { ...labels, 'reviver.name': 'file' } },
    ]);
    expect(names()).toEqual(['file', 'shop', 'web']);
    expect(made.all()).not.toContainEqual(expect.objectContaining({ criticality: 'high' }));
    expect(lines.filter((line) => line.startsWith('warn'))).toEqual([]);
  });

  test('follows a container to its new name at once', () => {
    const { made, names } = directory();
    made.see([container('old', { id: 'x' })]);
    made.see([container('new', { id: 'x' })]);
    expect(names()).toEqual(['file', 'new']);
  });

  test('tells of a wrong label once, and again for another container or after it was right', () => {
    const { made, lines } = directory();
    const wrong = container('web', { labels: { 'reviver.enable': 'true', 'reviver.criticality': 'huge' } });
    made.see([wrong]);
    made.see([wrong]);
    expect(lines).toEqual([
      'warn labels of a container are not as they should be {"container":"web","problem":"reviver.criticality is not one of critical, high, medium, low"}',
    ]);
    made.see([{ ...wrong, id: 'another' }]);
    expect(lines).toHaveLength(2);
  });
});
