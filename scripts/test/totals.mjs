import { readFile } from 'node:fs/promises';

/**
 * What the totals reporter wrote; undefined when jest ended before.
 * @returns {Promise<{passed: number, failed: number, skipped: number} | undefined>}
 */
export async function readTotals(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/** `12 passed, 0 failed, 1 skipped`: read by CI, so its form is fixed. */
export function totalsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
