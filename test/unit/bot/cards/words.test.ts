import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../../../support/fuzz.js';
import { oneField, oneLine, quotable } from '../../../../src/bot/cards/words.js';

const ANY = fc.string({ unit: 'binary', maxLength: 80 });

describe('text from outside', () => {
  test('is one line without secrets, at most so long, and stays so', () => {
    fc.assert(
      fc.property(ANY, fc.integer({ min: 1, max: 60 }), (text, max) => {
        const line = oneLine(text, max);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|\p{Zs}{2}/u);
        expect(Array.from(line).length).toBeLessThanOrEqual(max);
        expect(oneLine(line, max)).toBe(line);
      }),
    );
  });

  test('is cut after secrets were taken out, so that none is cut into something harmless-looking', () => {
    expect(oneLine(`xoxb-1234567890-${'a'.repeat(50)} failed`, 12)).toBe('••• failed');
    expect(oneLine(`redis://:${'p'.repeat(300)}@host`, 40)).toBe('redis://:•••@host');
  });

  test('a megabyte of it is looked at quickly', () => {
    const begun = performance.now();
    oneLine('password="'.repeat(100_000));
    expect(performance.now() - begun).toBeLessThan(500);
  });

  test('beside our fields it begins no field and shows no state', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('·', '•', '•••', '🟢', '✅', '⏹️', 'a', ' ', '\u202E')), (pieces) => {
        expect(oneField(pieces.join('')).replaceAll('•••', '')).not.toMatch(/[·•]|\p{Extended_Pictographic}/u);
      }),
    );
  });

  test('within quotation marks it ends no quotation', () => expect(quotable('a” b“ c» d« “e')).toBe('a" b" c" d" "e'));
});
