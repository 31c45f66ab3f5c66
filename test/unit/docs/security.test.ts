import { expect, test } from '@jest/globals';
import { docText } from './markdown.js';
import { notThere, rowsOf, testsIn } from './named-tests.js';

test('SECURITY.md has a test for each of its rules, and each is there', () => {
  const rows = rowsOf(docText('SECURITY.md'));
  expect(rows.length).toBeGreaterThan(12);
  expect(rows.filter(({ test: cell }) => testsIn(cell).length === 0)).toEqual([]);
  expect(rows.flatMap(({ test: cell }) => testsIn(cell)).flatMap((each) => notThere(each) ?? [])).toEqual([]);
});
