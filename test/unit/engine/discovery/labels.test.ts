import { describe, expect, test } from '@jest/globals';
import { declaredBy } from '../../../../src/engine/discovery/labels.js';

const rules = { strategies: ['restart', 'recreate', 'hybrid'], intervalMs: 15_000 };
const of = (labels: Record<string, string>, name = 'shop_web_1') =>
  declaredBy({ id: 'c1', name, labels, created: 1 }, rules);

describe('labels of a container', () => {
  test('make it a service with defaults, under its own name', () => {
    expect(of({ 'reviver.enable': 'true' })).toEqual({
      service: {
        name: 'shop_web_1',
        runtime: 'docker',
        declared: { container: 'shop_web_1', labels: { 'reviver.enable': 'true' } },
        containerName: 'shop_web_1',
        health: [],
        recoveryStrategies: ['restart'],
        maxRecoveryAttempts: 3,
        criticality: 'medium',
        priority: 5,
        dependsOn: [],
      },
    });
  });

  test('say all that a service needs', () => {
    const labels = {
      'reviver.enable': 'true',
      'reviver.name': 'web',
      'reviver.health': 'http://127.0.0.1:8080/health',
      'reviver.depends_on': 'redis, postgres',
      'reviver.strategies': 'restart,hybrid',
      'reviver.criticality': 'critical',
      'com.docker.compose.project': 'shop',
      'reviver.made_by': 'R-12/3',
    };
    expect(of(labels)).toMatchObject({
      service: {
        name: 'web',
        containerName: 'shop_web_1',
        health: [
          { type: 'http', url: 'http://127.0.0.1:8080/health', intervalMs: 15_000, timeoutMs: 4_000, failures: 3 },
        ],
        dependsOn: ['redis', 'postgres'],
        recoveryStrategies: ['restart', 'hybrid'],
        criticality: 'critical',
        priority: 1,
      },
    });
    expect(of({ 'reviver.enable': 'true', 'reviver.health': 'tcp://127.0.0.1:5672' })).toMatchObject({
      service: { health: [{ type: 'tcp', url: 'tcp://127.0.0.1:5672' }] },
    });
  });

  test.each<[Record<string, string>]>([[{}], [{ 'reviver.enable': 'false' }], [{ 'reviver.name': 'web' }]])(
    '%j declare nothing',
    (labels) => {
      expect(of(labels)).toBeUndefined();
    },
  );

  test.each<[Record<string, string>, string]>([
    [{ 'reviver.enable': 'yes' }, 'reviver.enable is "yes"; expected true or false'],
    [
      { 'reviver.name': 'my web' },
      'reviver.name is not the name of a service (letters, digits, ., _ and -, at most 63)',
    ],
    [{ 'reviver.health': 'ftp://secret:pw@host' }, 'reviver.health is not a URL such as http://host:8080/health'],
    [{ 'reviver.health': 'tcp://host' }, 'reviver.health is not a port, as in tcp://host:3306'],
    [{ 'reviver.depends_on': 'a b' }, 'reviver.depends_on is not the name of a service'],
    [{ 'reviver.strategies': 'restart, pray' }, 'reviver.strategies is not one of restart, recreate, hybrid'],
    [{ 'reviver.criticality': 'huge' }, 'reviver.criticality is not one of critical, high, medium, low'],
    [{ 'reviver.helth': 'x' }, 'reviver.helth is not a label that is known; did you mean reviver.health?'],
  ])('%j make it none, and the reason shows no value that may be secret', (labels, problem) => {
    const declared = of({ 'reviver.enable': 'true', ...labels });
    const problems = declared && 'problems' in declared ? declared.problems : [];
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems.join()).not.toContain('secret');
  });

  test('that are all wrong are all told', () => {
    const declared = of({ 'reviver.enable': 'true', 'reviver.name': '', 'reviver.criticality': '' }, 'x'.repeat(70));
    expect(declared).toEqual({ problems: [expect.anything(), expect.anything(), expect.stringMatching(/its name/)] });
  });
});
