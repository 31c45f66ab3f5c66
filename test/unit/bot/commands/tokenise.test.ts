import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCommand } from '../../../../src/bot/commands/run-command.js';
import { COMMANDS } from '../../../../src/bot/commands/table.js';
import { formatCommand, MAX_COMMAND_LENGTH, tokenise } from '../../../../src/bot/commands/tokenise.js';
import { UserError } from '../../../../src/engine/model/errors.js';
import { fuzzRuns } from '../../../support/fuzz.js';

describe('words of a command line', () => {
  test.each([
    ['redis  --reason   stale', ['redis', '--reason', 'stale']],
    ['redis --reason "cache is stale"', ['redis', '--reason', 'cache is stale']],
    ['redis —reason “cache is stale”', ['redis', '--reason', 'cache is stale']],
    ['redis –dry-run', ['redis', '--dry-run']],
    ["redis note='a b'", ['redis', 'note=a b']],
    ['redis note=“a b”', ['redis', 'note=a b']],
    ["redis --reason don't", ['redis', '--reason', "don't"]],
    ['redis ‘a b’ «в г»', ['redis', 'a b', 'в г']],
    ['redis\u00A0--dry-run', ['redis', '--dry-run']],
    ['redis\u200B', ['redis']],
    ['a\\ b \\"c', ['a b', '"c']],
    ['redis backup=', ['redis', 'backup=']],
    ['"" x', ['', 'x']],
    ['', []],
    ['a — b', ['a', '—', 'b']],
  ])('%j gives %j', (text, words) => expect(tokenise(text)).toEqual(words));

  test.each([
    ['redis \u0007', /control character U\+0007 at position 7/],
    ['redis \u202Esider', /U\+202E/],
    ['redis --reason "open', /quote is not closed: add "/],
    ['redis “open', /quote is not closed: add ”/],
    ['x'.repeat(MAX_COMMAND_LENGTH + 1), /2001 characters; 2000 are allowed/],
  ])('%j is refused with the way out', (text, message) => {
    expect(() => tokenise(text)).toThrow(UserError);
    expect(() => tokenise(text)).toThrow(message);
  });

  test('what formatCommand writes is read as the same words', () => {
    const word = fc
      .string({ unit: 'grapheme', maxLength: 30 })
      .filter((text) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200B\u2060\uFEFF\u202A-\u202E\u2066-\u2069]/u.test(text));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => expect(tokenise(formatCommand(words))).toEqual(words)),
    );
  });

  test('no text at all breaks the parser: it answers or refuses with a UserError', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(
            'redis',
            ' ',
            '"',
            '“',
            '”',
            "'",
            '\\',
            '—',
            '--',
            'a=',
            '=',
            'help',
            'approve',
            'R-1',
            '\u00A0',
            '\n',
            '--reason',
            '__proto__=1',
            '--__proto__',
            'constructor',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          expect(parseCommand(given, COMMANDS).command.name).toBeTruthy();
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: fuzzRuns(500) },
    );
  });
});
