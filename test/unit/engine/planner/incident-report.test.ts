import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import { inWords, serviceOfReport } from '../../../../src/engine/planner/incident-report.js';
import { aService } from '../../../support/builders.js';

const services = [aService('redis'), aService('shop-web'), aService('web')];
const serviceOf = (context: JsonObject) => serviceOfReport(context, services).name;

describe('the service of a report', () => {
  test.each<[JsonObject, string]>([
    [{ cpu: 95, service: 'redis' }, 'redis'],
    [{ service: 'redis', text: 'web is fine' }, 'redis'],
    [{ text: 'Redis is gone.' }, 'redis'],
    [{ labels: { host: 'a', job: ['shop-web'] } }, 'shop-web'],
    [{ service: null, message: 'the shop-web answers 502' }, 'shop-web'],
  ])('%j is about %s', (context, name) => {
    expect(serviceOf(context)).toBe(name);
  });

  test.each<[JsonObject, string]>([
    [{}, 'The report names no service. Add "service" to its context: one of redis, shop-web, web.'],
    [{ text: 'websockets are slow' }, 'names no service'],
    [{ text: 'redis and web are down' }, 'several services: redis, web'],
    [{ service: 'redsi' }, 'Did you mean redis?'],
    [{ service: 7 }, 'context.service: 7'],
    [{ service: { name: 'redis' } }, 'context.service'],
    [{ constructor: 'redis is up', toString: 1 }, 'several|redis'],
  ])('%j is not told, or refused', (context, says) => {
    if (says === 'several|redis') expect(serviceOf(context)).toBe('redis');
    else expect(() => serviceOf(context)).toThrow(says);
  });
});

describe('a report in words', () => {
  test('has the headline that it brings, and the rest beside it', () => {
    const context = { cpu: 95, service: 'redis', title: 'RedisDown\non a', deep: { is: 'left out' }, up: false };
    expect(inWords({ id: 'i-1', context })).toEqual({ title: 'RedisDown on a', detail: 'cpu 95, up false' });
  });

  test('is its id where it brings none, without secrets, and short', () => {
    const words = inWords({ id: 'i-1', context: { note: 'password=hunter2', log: 'x'.repeat(500_000) } });
    expect(words.title).toBe('i-1');
    expect(words.detail).toMatch(/^note password=••• log x+…$/);
    expect(words.detail).toHaveLength(500);
  });
});
