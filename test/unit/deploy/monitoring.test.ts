import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { parse } from 'yaml';
import { z } from 'zod';
import { createAuditMetrics } from '../../../src/metrics/audit-metrics.js';
import { createInstruments } from '../../../src/metrics/instruments.js';

const registry = new Registry();
createAuditMetrics(registry, () => Promise.reject(new Error('not asked')));
createInstruments(registry);
/** Name of a series to the labels that it has. */
const SERIES = new Map<string, readonly string[]>([['up', ['job', 'instance']]]);
for (const { name, type, labelNames } of registry.getMetricsAsArray().map((metric) => shapeOf(metric))) {
  const names = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name];
  for (const one of names) SERIES.set(one, [...labelNames, 'instance', ...(one.endsWith('_bucket') ? ['le'] : [])]);
}

function shapeOf(metric: object) {
  return z
    .object({ name: z.string(), labelNames: z.array(z.string()) })
    .transform((found) => ({ ...found, type: metric.constructor.name.toLowerCase() }))
    .parse(metric);
}

/** Words of PromQL that these queries use; every other name is a metric, a label or a string. */
const WORDS = new Set(
  'sum min max count by absent increase rate histogram_quantile vector or and unless without avg'.split(' '),
);

/** Metrics and labels of a query that do not exist. */
function strangers(expr: string): string[] {
  const bare = expr.replace(/"[^"]*"/g, '""').replace(/\[\w+\]/g, '');
  const grouped = [...bare.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(/,\s*/));
  const matched = [...bare.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = '']) =>
    [...inside.matchAll(/(\w+)\s*[=!]/g)].flatMap(([, name]) => name ?? []),
  );
  const rest = bare.replace(/by \([^)]*\)/g, '').replace(/\{[^}]*\}/g, '');
  const names = [...rest.matchAll(/[a-z_:][a-z0-9_:]*/gi)].map(([name]) => name).filter((name) => !WORDS.has(name));
  const labels = new Set(names.flatMap((name) => SERIES.get(name) ?? []));
  return [
    ...names.filter((name) => !SERIES.has(name)),
    ...[...grouped, ...matched].filter((label) => !labels.has(label)).map((label) => `label ${label} of ${names}`),
  ];
}

const target = z.object({
  refId: z.string(),
  expr: z.string(),
  datasource: z.object({ uid: z.literal(['$', '{datasource}'].join('')) }),
});
const place = z.object({ h: z.int(), w: z.int(), x: z.int(), y: z.int() });
const panel = z.object({
  id: z.int(),
  type: z.enum(['row', 'stat', 'timeseries', 'bargauge']),
  title: z.string().min(1),
  gridPos: place,
  targets: z.array(target).default([]),
});
const dashboard = z
  .object({
    uid: z.string(),
    title: z.string(),
    schemaVersion: z.int().min(36),
    templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
    panels: z.array(panel),
  })
  .parse(JSON.parse(readFileSync('deploy/grafana/dashboard.json', 'utf8')));

const rules = z
  .object({ groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() }).loose()) })) })
  .parse(parse(readFileSync('deploy/prometheus/alerts.yml', 'utf8')))
  .groups.flatMap((group) => group.rules);

describe('the dashboard', () => {
  const charts = dashboard.panels.filter(({ type }) => type !== 'row');

  test.each(charts)('$title asks for metrics and labels that exist', ({ targets }) => {
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.flatMap(({ expr }) => strangers(expr))).toEqual([]);
  });

  test('has its own number and place for each panel', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: h * w }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    expect(dashboard.templating.list).toContainEqual({ name: 'datasource', type: 'datasource' });
  });
});

describe('the rules', () => {
  test.each(rules.map(({ alert, expr }) => [alert, expr]))('%s asks for metrics and labels that exist', (_, expr) => {
    expect(strangers(expr)).toEqual([]);
  });

  test.each(rules.map(({ alert }) => [alert]))('%s has a test of its own', (alert) => {
    const tests = readFileSync('deploy/prometheus/alerts.test.yml', 'utf8');
    expect(tests.split(`alertname: ${alert}`).length).toBeGreaterThanOrEqual(3);
  });

  test('each says what to do', () => {
    for (const rule of rules) expect(rule).toMatchObject({ annotations: { action: expect.stringMatching(/./) } });
  });
});

test('a query of what does not exist is found', () => {
  expect(strangers('sum by (color) (rate(recovery_attempts_total{service="a"}[5m])) > no_such_metric')).toEqual([
    'no_such_metric',
    'label color of recovery_attempts_total,no_such_metric',
  ]);
});
