import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { RECOVERY_STATES } from '../../../src/engine/model/recovery.js';
import { DEFAULT_POLICY } from '../../../src/engine/planner/policy.js';
import { mayMove } from '../../../src/engine/recovery/transitions.js';
import { WORKER_DEFAULTS } from '../../../src/engine/recovery/worker.js';
import { MAY_IMPORT, PACKAGE_HOMES, partOf } from '../architecture/rules.js';
import { sourceFiles } from '../architecture/source-files.js';
import { codes, docText, tableRows } from './markdown.js';

const page = docText('ARCHITECTURE.md');
const dependencies = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).dependencies);

describe('ARCHITECTURE.md', () => {
  test('has the table of who may import whom that is checked', () => {
    const rows = tableRows(page, 'Who may import whom').map(([part = '', allowed = '']) => [
      part,
      allowed === 'nothing' ? [] : allowed.split(', '),
    ]);
    expect(Object.fromEntries(rows)).toEqual(MAY_IMPORT);
  });

  test('has every package in use at its homes, and says why it is used', () => {
    const rows = tableRows(page, 'Who may import whom');
    for (const name of dependencies.filter((dependency) => dependency !== 'zod')) {
      const homes = (PACKAGE_HOMES[name] ?? []).map(partOf);
      const shown = rows
        .filter(([, , packages = '']) => new RegExp(`(^|[^\\w/-])${name}($|[^\\w-])`).test(packages))
        .map(([part]) => part);
      expect([name, shown.sort()]).toEqual([name, [...new Set(homes)].sort()]);
    }
    const why = page.slice(page.indexOf('## Decisions and why')).toLowerCase();
    for (const name of dependencies) expect(why).toContain(name);
  });

  test('has the legal moves of a recovery', () => {
    const rows = tableRows(page, 'The life of a recovery').map(([state = '', , next = '']) => [
      state,
      next === 'nothing' ? [] : next.split(', ').sort(),
    ]);
    const legal = RECOVERY_STATES.map((state) => [
      state,
      RECOVERY_STATES.filter((next) => mayMove(state, next)).sort(),
    ]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(legal));
  });

  test('explains every rule that the code refers to', () => {
    const named = sourceFiles('src').flatMap(({ text }) => text.match(/\bD\d{1,2}(?=[,)])/g) ?? []);
    const explained: string[] = page.match(/\bD\d{1,2}(?=[,)])/g) ?? [];
    expect(named.filter((rule) => !explained.includes(rule))).toEqual([]);
  });

  test('names only tables that the migrations make, and all of them', () => {
    const made = sourceFiles('migrations').flatMap(({ text }) =>
      [...text.matchAll(/CREATE TABLE ([\w.]+) \(/g)].map(([, name]) => name),
    );
    const durable = page.slice(page.indexOf('- **Postgres**'), page.indexOf('- **Redis**'));
    expect(codes(durable).sort()).toEqual(made.sort());
  });

  test('is one page', () => {
    expect(page.split('\n').length).toBeLessThanOrEqual(151);
  });
});

describe('figures in the documents', () => {
  const { leaseMs, beatMs, pollMs } = WORKER_DEFAULTS;
  const minutes = (ms: number) => `${ms / 60_000} min`;

  test.each([
    ['ARCHITECTURE.md', `A lease lasts ${leaseMs / 1_000} s`],
    ['docs/error-handling.md', `the lease of ${leaseMs / 1_000} s`],
    ['docs/error-handling.md', `After ${(leaseMs - beatMs) / 1_000} s without a heartbeat`],
    [
      'ARCHITECTURE.md',
      `Undecided after ${minutes(DEFAULT_POLICY.expiresMs)}, or unused after ${minutes(DEFAULT_POLICY.useWithinMs)}`,
    ],
  ])('%s: %s', (file, sentence) => {
    expect(docText(file).replace(/\s+/g, ' ')).toContain(sentence);
  });

  test('a beat and a poll are the second that the documents speak of', () => {
    expect([beatMs, pollMs]).toEqual([1_000, 1_000]);
  });
});
