import { describe, expect, test } from '@jest/globals';
import { docText } from './markdown.js';
import { notThere, rowsOf, testsIn } from './named-tests.js';

const rows = rowsOf(docText('docs/chat-rules.md'));

describe('docs/chat-rules.md', () => {
  test('has for every rule a test, or the reason why there is none', () => {
    expect(rows.length).toBeGreaterThan(100);
    const bare = rows.filter(({ test: cell }) => testsIn(cell).length === 0 && !/^none: .{10}/.test(cell));
    expect(bare).toEqual([]);
  });

  test('names only tests that are there', () => {
    expect(rows.flatMap(({ test: cell }) => testsIn(cell)).flatMap((each) => notThere(each) ?? [])).toEqual([]);
  });

  test('says each rule once', () => {
    const rules = rows.map(({ rule }) => rule);
    expect(rules.filter((rule, index) => rules.indexOf(rule) !== index)).toEqual([]);
  });
});

describe('the check of named tests', () => {
  test('reads several of one cell, also where a name has a semicolon or a colon', () => {
    expect(testsIn('`a`: one; and more: of it; `b/c`: two')).toEqual([
      { file: 'a', name: 'one; and more: of it' },
      { file: 'b/c', name: 'two' },
    ]);
  });

  test.each([
    ['a name that nothing has', { file: 'slack-http', name: 'that is signed is' }],
    ['a file that is not there', { file: 'slack-nowhere', name: 'that is signed is taken' }],
    ['a file that may be several', { file: 'render-card', name: 'a card on Slack' }],
  ])('refuses %s', (_, given) => {
    expect(notThere(given)).toBeDefined();
  });

  test('finds a test by the end of its path', () => {
    expect(notThere({ file: 'bot/slack-http', name: 'that is signed is taken' })).toBeUndefined();
  });
});
