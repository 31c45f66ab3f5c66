import { expect, test } from '@jest/globals';
import { docText } from './markdown.js';
import { notThere, rowsOf, testsIn } from './named-tests.js';

test('docs/source-documents.md names a test for each thing that they ask for, and each is there', () => {
  const rows = rowsOf(docText('docs/source-documents.md')).filter(({ rule }) => rule !== 'document, line');
  expect(new Set(rows.map(({ rule }) => rule.replace(/ [\d., ]+$/, ''))).size).toBe(5);
  expect(rows.filter(({ test: cells }) => testsIn(cells).length === 0)).toEqual([]);
  expect(rows.flatMap(({ test: cells }) => testsIn(cells)).flatMap((each) => notThere(each) ?? [])).toEqual([]);
});
