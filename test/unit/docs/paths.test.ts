import { describe, expect, test } from '@jest/globals';
import { VARIABLE_NAMES } from '../../../src/config/variables.js';
import { allDocs, codeSpans, prose } from './markdown.js';
import { pathProblems } from './paths.js';

/** Files that Reviver writes below its data folder. */
const WRITTEN = ['tokens.json'];

describe('the documents', () => {
  test.each(allDocs())('name only files that are there, and link only to what is there: $file', (doc) => {
    expect(pathProblems(doc).filter((problem) => !WRITTEN.some((name) => problem.endsWith(` ${name}`)))).toEqual([]);
  });

  test.each(allDocs())('name only variables that are read: $file', ({ text }) => {
    const named = codeSpans(text).filter((span) => /^(REVIVER_\w+|\w+_URL|\w*_?PORT|\w+_TOKENS_FILE)$/.test(span));
    expect(named.filter((name) => !VARIABLE_NAMES.some((known) => known === name))).toEqual([]);
  });

  test.each(allDocs())('speak calmly: $file', ({ text }) => {
    const words = prose(text)
      .replace(/`[^`]*`/g, '')
      .replaceAll('![', '[');
    expect(words).not.toContain('!');
    expect(words).not.toMatch(
      /\b(simply|easily|just works|powerful|seamless\w*|robust\w*|effortless\w*|blazing\w*|cutting.edge|world.class)\b/i,
    );
  });
});

describe('the check of paths', () => {
  const problems = (text: string) => pathProblems({ file: 'docs/http.md', text });

  test.each([
    '`src/nowhere.ts`',
    '`docs/missing.md`',
    '`src/nowhere/<name>.ts`',
    '[a](nowhere.md)',
    '[a](../README.md#nowhere)',
    '`MISSING.md`',
  ])('refuses %s', (text) => {
    expect(problems(text)).toHaveLength(1);
  });

  test.each([
    '`src/api/api.ts`',
    '`src/bot/<name>/`',
    '[a](runbooks.md)',
    '[a](../README.md#two-commands)',
    '[a](#errors)',
    '[a](https://cel.dev)',
    '`application/json`',
    '`npm test`',
  ])('allows %s', (text) => {
    expect(pathProblems({ file: 'docs/http.md', text })).toEqual([]);
  });
});
