import { readFile } from 'node:fs/promises';

/**
 * What the properties that have ended wrote, one line each: see test/support/fuzz.ts.
 * @returns {Promise<Array<{file: string, name: string, runs: number, ms: number, failed: boolean}>>}
 */
export async function readReport(file) {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** A line for each property, the slowest last, and one with the totals. `tookMs`: of the whole, with several at once. */
export function reportLines(properties, tookMs) {
  const rows = [...properties].sort((a, b) => a.ms - b.ms).map(row);
  const inputs = properties.reduce((sum, { runs }) => sum + runs, 0);
  const failed = properties.filter((property) => property.failed).length;
  const total = `${count(inputs)} inputs over ${properties.length} properties in ${minutes(tookMs)}`;
  return [...rows, `Fuzz: ${total}, ${failed === 0 ? 'none failed' : `${failed} failed`}`];
}

function row({ file, name, runs, ms, failed }) {
  return `${count(runs).padStart(12)}  ${(ms / 1_000).toFixed(1).padStart(8)} s  ${file}: ${name}${failed ? '  FAILED' : ''}`;
}

function count(n) {
  return n.toLocaleString('en-US');
}

function minutes(ms) {
  return `${(ms / 60_000).toFixed(1)} min`;
}
