import { describe, expect, test } from '@jest/globals';
import type { IncomingAlert } from '../../../../src/engine/alerts/incoming.js';
import { type MatchRule, serviceOf } from '../../../../src/engine/alerts/service-of.js';
import { severityOf } from '../../../../src/engine/alerts/severity.js';
import { aService } from '../../../support/builders.js';

const health = [{ type: 'redis' as const, url: 'redis://10.0.0.7:6379', intervalMs: 1, timeoutMs: 1, failures: 1 }];
const SERVICES = [
  aService('redis', { containerName: 'bev_redis', health }),
  aService('web', { kubernetes: { namespace: 'shop', kind: 'deployment', name: 'shop-web' } }),
  aService('db'),
];

const alert = (labels: Record<string, string>, over: Partial<IncomingAlert> = {}): IncomingAlert => ({
  source: 'alertmanager',
  fingerprint: 'f',
  name: 'Down',
  status: 'firing',
  says: '',
  labels,
  ...over,
});

describe('the service that an alert is about', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    ['is that of its label service', { service: 'redis' }, 'redis'],
    ['in whatever case', { service: 'Redis' }, 'redis'],
    ['or reviver_service, which wins', { service: 'db', reviver_service: 'web' }, 'web'],
    ['or its container', { container: 'bev_redis' }, 'redis'],
    ['or a container of the service’s own name', { container: 'db' }, 'db'],
    ['or its workload', { deployment: 'shop-web', namespace: 'shop' }, 'web'],
    ['but not one of another namespace', { deployment: 'shop-web', namespace: 'test' }, undefined],
    ['or its job', { job: 'db' }, 'db'],
    ['or the address of its health check', { instance: '10.0.0.7:6379' }, 'redis'],
    ['also with a scheme', { instance: 'redis://10.0.0.7:6379' }, 'redis'],
    [
      'and none by a label that names nothing known',
      { service: 'legacy', job: 'x', instance: '10.0.0.9:1' },
      undefined,
    ],
  ])('%s', async (_, labels, expected) => {
    expect(await serviceOf(alert(labels), SERVICES, [])).toBe(expected);
  });

  test('is that of the first rule that holds, before all labels', async () => {
    const rules: MatchRule[] = [
      { when: 'alert.labels.team == "core"', service: 'web' },
      { when: 'alert.name.startsWith("Down")', service: 'db' },
    ];
    expect(await serviceOf(alert({ service: 'redis', team: 'core' }), SERVICES, rules)).toBe('web');
    // A rule about a label that is not there does not hold.
    expect(await serviceOf(alert({ service: 'redis' }), SERVICES, rules)).toBe('db');
    expect(await serviceOf(alert({ service: 'redis' }, { name: 'Up' }), SERVICES, rules)).toBe('redis');
  });

  test('is none when several fit', async () => {
    const twins = [aService('a', { containerName: 'x' }), aService('b', { containerName: 'x' })];
    expect(await serviceOf(alert({ container: 'x' }), twins, [])).toBeUndefined();
  });
});

test.each<[string | number | undefined, number]>([
  ['critical', 1],
  ['Warning', 0.5],
  ['P2', 0.8],
  ['info', 0.2],
  [0.7, 0.7],
  ['0.3', 0.3],
  [7, 1],
  ['no such word', 0.5],
  ['constructor', 0.5],
  [undefined, 0.5],
])('severity %j is %d', (said, expected) => {
  expect(severityOf(said)).toBe(expected);
});
