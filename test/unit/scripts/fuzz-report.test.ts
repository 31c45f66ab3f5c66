import { expect, test } from '@jest/globals';
import { reportLines } from '../../../scripts/test/fuzz-report.mjs';

const property = (name: string, over = {}) => ({
  file: 'tokenise.test.ts',
  name,
  runs: 600_000,
  ms: 90_400,
  failed: false,
  ...over,
});

test('a fuzz ends with a line for each property, the slowest last, and one with the totals', () => {
  expect(reportLines([property('slow'), property('quick', { ms: 1_250 })], 120_000)).toEqual([
    '     600,000       1.3 s  tokenise.test.ts: quick',
    '     600,000      90.4 s  tokenise.test.ts: slow',
    'Fuzz: 1,200,000 inputs over 2 properties in 2.0 min, none failed',
  ]);
});

test('a property that failed is named, with the inputs that it took', () => {
  const lines = reportLines([property('wrong', { runs: 17, failed: true })], 60_000);
  expect(lines[0]).toContain('tokenise.test.ts: wrong  FAILED');
  expect(lines[1]).toBe('Fuzz: 17 inputs over 1 properties in 1.0 min, 1 failed');
});
