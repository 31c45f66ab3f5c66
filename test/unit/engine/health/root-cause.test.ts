import { describe, expect, test } from '@jest/globals';
import { type Condition, causeOf, needsOf } from '../../../../src/engine/health/root-cause.js';

const services = new Map(
  Object.entries({ web: ['api', 'cdn'], api: ['db', 'redis'], db: ['disk'], redis: [], cdn: [], disk: [] }).map(
    ([name, dependsOn]) => [name, { dependsOn }],
  ),
);
const cause = (conditions: Record<string, Condition>) =>
  causeOf('web', services, (name) =>
    'none' in conditions && name === 'api' ? undefined : (conditions[name] ?? 'well'),
  );

describe('the cause of an ill service', () => {
  test('is the ill one with no ill one below it', () => {
    expect(cause({ api: 'ill', db: 'ill', disk: 'ill' })).toEqual({ is: 'dependency', of: 'disk' });
    expect(cause({ api: 'ill', redis: 'ill' })).toEqual({ is: 'dependency', of: 'redis' });
  });

  test('is not sought below what is well', () => {
    expect(cause({ db: 'ill' })).toEqual({ is: 'itself' });
  });

  test('is sought through what nobody checks', () => {
    expect(cause({ none: 'ill', db: 'ill' })).toEqual({ is: 'dependency', of: 'db' });
  });

  test('is not known while something that it needs is doubted', () => {
    expect(cause({ api: 'doubted' })).toEqual({ is: 'not known yet', of: 'api' });
    expect(cause({ api: 'doubted', cdn: 'ill' })).toEqual({ is: 'dependency', of: 'cdn' });
  });
});

test('in a circle of dependencies each is its own cause', () => {
  const circle = new Map([
    ['a', { dependsOn: ['b'] }],
    ['b', { dependsOn: ['a'] }],
  ]);
  expect(needsOf('a', circle)).toEqual(['b']);
  expect(causeOf('a', circle, () => 'ill')).toEqual({ is: 'itself' });
});
