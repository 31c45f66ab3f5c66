import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig, parseConfig } from '../../../src/config/load.js';
import { parseRunbook } from '../../../src/engine/planner/load-runbooks.js';

const parse = (text: string) => parseConfig(text, resolve('config/reviver.yaml'));
const SERVICES = 'services:\n  - name: redis\n    container_name: bev_redis\n';

describe('the example configuration', () => {
  test('loads, with paths from its folder and times in milliseconds', async () => {
    const config = await loadConfig('config/reviver.yaml');
    expect(config.warnings).toEqual([]);
    expect(config.people).toEqual([
      { name: 'Ann', roles: ['responder', 'approver'], ids: { console: 'ann' } },
      { name: 'Lee', roles: ['responder', 'approver', 'lead'], ids: { console: 'lee' } },
    ]);
    expect(config.services).toMatchObject([
      {
        name: 'redis',
        runtime: 'process',
        priority: 1,
        dataDir: resolve('data/redis'),
        process: { cwd: resolve('data/redis') },
        health: [{ type: 'redis', intervalMs: 5_000, timeoutMs: 2_000, failures: 2 }],
        retryPolicy: {
          strategy: 'exponential_backoff',
          maxRetryAttempts: 3,
          initialDelayMs: 1_000,
          maxDelayMs: 60_000,
        },
      },
      { name: 'web', priority: 3, dependsOn: ['redis'], health: [{ type: 'http', intervalMs: 15_000 }] },
    ]);
    expect(config).toMatchObject({
      constitution: { hash: 'cdd01ef066bc6cf2', file: resolve('config/constitution.yaml') },
      channels: { incidents: { console: 'incidents' } },
      recoveryTimeoutMs: 300_000,
      maxConcurrentRecoveries: 3,
      backups: { redis_backup: { service: 'redis', location: 'redis' } },
    });
  });

  test('has a runbook for the first recovery', async () => {
    const file = 'runbooks/redis_outage.yaml';
    const runbook = parseRunbook(await readFile(file, 'utf8'), file);
    expect(runbook).toMatchObject({
      id: 'redis_outage',
      match: { services: ['redis'], alerts: expect.arrayContaining(['RedisDown']) },
    });
    expect(runbook.steps).toHaveLength(3);
  });
});

/** As the source documents print them. */
const SOURCE_DOCUMENTS = {
  'config/planner_config.yaml': [
    'celery:',
    '  broker_url: redis://localhost:6379/0',
    '  result_backend: redis://localhost:6379/1',
    '',
    'templates:',
    '  - id: redis_outage',
    '    name: redis_outage',
    '    description: "Plan for Redis failure"',
    '    steps:',
    '      - "stop_service: redis"',
    '      - "restore_backup: redis_backup"',
    '      - "start_service: redis"',
    '',
  ].join('\n'),
  'config/auto_recovery.yaml': [
    'services:',
    '  - name: postgres',
    '    container_name: bev_postgres',
    '    health_check_url: "http://172.30.0.2:5432"',
    '    recovery_strategies: [restart, rollback, recreate]',
    '    max_recovery_attempts: 3',
    '    target_availability: 99.95',
    '    criticality: critical',
    '    circuit_breaker_enabled: true',
    '    state_backup_enabled: true',
    '',
  ].join('\n'),
};

describe("the source documents' own files", () => {
  test.each(Object.entries(SOURCE_DOCUMENTS))('%s is theirs, byte for byte', async (file, text) => {
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  test('planner_config.yaml: its broker is a Redis URL, its templates are runbooks', async () => {
    const config = await loadConfig('config/planner_config.yaml');
    expect(config.brokerUrl).toBe('redis://localhost:6379/0');
    expect(config.templates).toMatchObject([
      { id: 'redis_outage', steps: ['stop_service: redis', 'restore_backup: redis_backup', 'start_service: redis'] },
    ]);
  });

  test('a section circuit_breaker is wish enough for one, and the longest time is at least the first', () => {
    const of = (more: string) =>
      parseConfig(`services: [{ name: a, container_name: a${more} }]`, 'reviver.yaml').services[0]?.breaker;
    expect(of('')).toMatchObject({ enabled: false });
    expect(of(', circuit_breaker: { timeout_duration: 20m }')).toMatchObject({
      enabled: true,
      openMs: 1_200_000,
      maxOpenMs: 1_200_000,
      failureThreshold: 5,
    });
    expect(of(', circuit_breaker_enabled: false, circuit_breaker: {}')).toMatchObject({ enabled: false });
  });

  test("auto_recovery.yaml: a service is a container, and http on a database's port is that database's check", async () => {
    const config = await loadConfig('config/auto_recovery.yaml');
    expect(config.services).toMatchObject([
      {
        name: 'postgres',
        runtime: 'docker',
        containerName: 'bev_postgres',
        priority: 1,
        recoveryStrategies: ['restart', 'rollback', 'recreate'],
        targetAvailability: 99.95,
        health: [{ type: 'postgres', url: 'postgresql://172.30.0.2:5432' }],
        breaker: {
          enabled: true,
          failureThreshold: 5,
          failureRateThreshold: 0.5,
          openMs: 60_000,
          maxConcurrentCalls: 100,
        },
        stateBackup: true,
      },
    ]);
    expect(config.warnings).toEqual([
      "config/auto_recovery.yaml:4:5 services[0].health_check_url: port 5432 is PostgreSQL's, so this is read as a postgres check of postgresql://172.30.0.2:5432",
    ]);
  });
});

describe('defaults', () => {
  test('are those of the documents', () => {
    expect(parse('')).toMatchObject({
      services: [],
      maxConcurrentRecoveries: 3,
      recoveryTimeoutMs: 300_000,
      healthCheckIntervalMs: 15_000,
      snapshotRetentionMs: 3 * 86_400_000,
      pools: ['default'],
      constitution: { hash: 'cdd01ef066bc6cf2' },
      approvals: { expiresMs: 900_000, useWithinMs: 300_000, rules: [{ when: 'risk < 0.3', need: 0 }, {}, {}] },
    });
  });

  test.each([
    ['critical', 1],
    ['high', 3],
    ['medium', 5],
    ['low', 8],
  ])('a service with criticality %s has priority %i', (criticality, priority) => {
    expect(parse(`${SERVICES}    criticality: ${criticality}\n`).services[0]?.priority).toBe(priority);
  });

  test('a person has ids as text, however they are written', () => {
    const [ann] = parse('people:\n  - { name: Ann, slack: U0ANN, telegram: 101, roles: [lead] }\n').people;
    expect(ann).toEqual({ name: 'Ann', roles: ['lead'], ids: { slack: 'U0ANN', telegram: '101' } });
  });

  test('strategies: none when the list is empty', () => {
    expect(parse(`${SERVICES}    recovery_strategies: []\n`).services[0]?.recoveryStrategies).toEqual([]);
  });
});
