import { describe, expect, test } from '@jest/globals';
import type { LabelledContainer } from '../../../../src/engine/discovery/labels.js';
import { merge } from '../../../../src/engine/discovery/merge.js';
import { aService } from '../../../support/builders.js';

const rules = { strategies: ['restart'], intervalMs: 1_000 };
let serial = 0;
const container = (name: string, labels: Record<string, string> = {}, created = ++serial): LabelledContainer => ({
  id: `id-${name}`,
  name,
  labels: { 'reviver.enable': 'true', ...labels },
  created,
});
const names = (services: readonly { name: string }[]) => services.map(({ name }) => name);

describe('services of the file and of containers', () => {
  test('are one list: those of the file first, the others by name', () => {
    const file = [aService('z'), aService('b')];
    const { services, findings } = merge(file, [container('y'), container('a')], rules);
    expect(names(services)).toEqual(['z', 'b', 'a', 'y']);
    expect(findings).toEqual([]);
  });

  test('the file wins on the same name, and that is told', () => {
    const { services, findings } = merge([aService('web')], [container('web')], rules);
    expect(services).toEqual([aService('web')]);
    expect(findings).toEqual([
      { container: 'web', id: 'id-web', says: 'web is a service of the configuration, which wins' },
    ]);
  });

  test('the file wins on the same container, quietly', () => {
    const file = [aService('redis', { runtime: 'docker', containerName: 'bev_redis' })];
    expect(merge(file, [container('bev_redis')], rules)).toEqual({ services: file, findings: [] });
  });

  test('of two containers with one name the older one is the service, in whatever order they are listed', () => {
    const blue = container('blue', { 'reviver.name': 'web' }, 10);
    const green = container('green', { 'reviver.name': 'web' }, 20);
    for (const listed of [
      [blue, green],
      [green, blue],
    ]) {
      const { services, findings } = merge([], listed, rules);
      expect(services).toMatchObject([{ name: 'web', containerName: 'blue' }]);
      expect(findings).toMatchObject([{ container: 'green', says: 'web is the older container blue already' }]);
    }
    expect(merge([], [green], rules).services).toMatchObject([{ containerName: 'green' }]);
  });

  test('a dependency that is no service is left out until it is one', () => {
    const web = container('web', { 'reviver.depends_on': 'redis, nowhere' });
    const before = merge([], [web], rules);
    expect(before.services).toMatchObject([{ name: 'web', dependsOn: [] }]);
    expect(before.findings).toHaveLength(2);
    const after = merge([], [web, container('redis')], rules);
    expect(after.services).toMatchObject([{ name: 'redis' }, { name: 'web', dependsOn: ['redis'] }]);
    expect(after.findings).toMatchObject([{ says: 'reviver.depends_on names nowhere, which is no service' }]);
  });

  test('a circle is cut where it closes, also through services of the file', () => {
    const file = [aService('db', { dependsOn: ['proxy'] })];
    const { services, findings } = merge(
      file,
      [
        container('proxy', { 'reviver.depends_on': 'web' }),
        container('web', { 'reviver.depends_on': 'db' }),
        container('self', { 'reviver.depends_on': 'self' }),
      ],
      rules,
    );
    expect(services.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ['db', ['proxy']],
      ['proxy', ['web']],
      ['self', []],
      ['web', []],
    ]);
    expect(findings.map(({ says }) => says).sort()).toEqual([
      'reviver.depends_on names db, which depends on web itself',
      'reviver.depends_on names self, which depends on self itself',
    ]);
  });

  test('thousands of containers are merged in a moment', () => {
    const many = Array.from({ length: 5_000 }, (_, n) =>
      container(`c${n}`, n === 0 ? {} : { 'reviver.depends_on': `c${n - 1}` }),
    );
    expect(merge([], many, rules).services).toHaveLength(5_000);
  });
});
