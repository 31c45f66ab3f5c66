import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { parse } from 'yaml';
import { z } from 'zod';
import { toolMissing } from '../../../scripts/setup/tools.mjs';
import { createHousekeepingMetrics } from '../../../src/metrics/housekeeping-metrics.js';

const run = promisify(execFile);
const RULES = 'deploy/prometheus/housekeeping.yml';
const missing = toolMissing('prometheus');
if (missing) console.log(`Skipped: ${missing}`);
const given = missing ? describe.skip : describe;

const rules = z
  .object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            alert: z.string(),
            expr: z.string(),
            labels: z.record(z.string(), z.string()),
            annotations: z.object({ summary: z.string(), action: z.string() }),
          }),
        ),
      }),
    ),
  })
  .parse(parse(readFileSync(RULES, 'utf8')))
  .groups.flatMap((group) => group.rules);

given('the rules of routine care', () => {
  test('are what Prometheus takes', async () => {
    const { stdout } = await run('promtool', ['check', 'rules', RULES]);
    expect(stdout).toContain('SUCCESS: 11 rules found');
  });

  test('fire when they should, and end', async () => {
    const { stdout } = await run('promtool', ['test', 'rules', 'deploy/prometheus/housekeeping.test.yml']);
    expect(stdout).toContain('SUCCESS');
  }, 30_000);
});

describe('each rule of routine care', () => {
  test('has the name of the source document, a remedy, and the service whose incident it is', () => {
    expect(rules.map(({ alert }) => alert)).toEqual([
      'PartitionCreationStale',
      'PartitionManagementFailed',
      'PostgresBackupStale',
      'RedisBackupStale',
      'KnowledgeBackupStale',
      'ConfigurationBackupStale',
      'VolumeSnapshotStale',
      'RepositoryMirrorStale',
      'VolumeProofStale',
      'VolumeCopyStale',
      'BackupFailed',
    ]);
    for (const { labels, annotations } of rules) {
      expect(labels.service).toMatch(/postgres|redis/);
      expect(annotations.action).toMatch(/`(\/recover backup|reviver partitions)/);
    }
  });

  test('asks for metrics that there are', () => {
    const registry = new Registry();
    createHousekeepingMetrics(registry, () => Promise.reject(new Error('not asked')));
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    const asked = rules.flatMap(({ expr }) => expr.match(/\b(partition|backup)_\w+/g) ?? []);
    expect(asked.length).toBeGreaterThan(5);
    for (const name of asked) expect(names).toContain(name);
  });
});
