import { describe, expect, test } from '@jest/globals';
import { commandLines, commandProblem } from './commands.js';
import { allDocs, docText } from './markdown.js';

describe('commands in the documents', () => {
  test.each(allDocs())('exist with their options: $file', ({ text }) => {
    expect(commandLines(text).flatMap((line) => commandProblem(line) ?? [])).toEqual([]);
  });

  test('of the README are the two that it promises, and how to run it', () => {
    const lines = commandLines(docText('README.md'));
    for (const line of ['npm run demo', 'npm test', 'npm run demo -- --once', 'reviver start', 'reviver worker'])
      expect(lines).toContain(line);
  });
});

describe('the check of commands', () => {
  test('finds them in shell blocks and in backticks, without comments', () => {
    const text =
      'Type `reviver doctor` or `ls`.\n\n```sh\nnpm ci && npm test   # all\nexport A=b\n```\n\n```yaml\nnpm: no\n```\n';
    expect(commandLines(text)).toEqual(['npm ci', 'npm test', 'reviver doctor']);
  });

  test.each([
    'reviver begin',
    'reviver start --rolle api',
    'reviver token',
    'reviver token make --name a',
    'reviver token create --name a',
    'npm run demmo',
    'npm run demo -- --twice',
    'npm test -- test/unit/nowhere',
    '/recover stauts',
    '/recover status --all',
    '/recover approve R-1 2 3',
  ])('refuses %s', (line) => {
    expect(commandProblem(line)).toContain(line);
  });

  test.each([
    'reviver start --role api --role bot',
    'reviver token list',
    'npm ci',
    'npm test',
    '/recover',
    '/recover redis --dry-run',
    '/recover status R-12',
  ])('allows %s', (line) => {
    expect(commandProblem(line)).toBeUndefined();
  });
});
