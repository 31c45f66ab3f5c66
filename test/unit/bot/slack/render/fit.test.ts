import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../../../../support/fuzz.js';
import {
  AS_JSON,
  clean,
  cut,
  ESCAPED,
  escapeText,
  fitLines,
  flat,
  LENGTH,
} from '../../../../../src/bot/slack/render/fit.js';

const any = fc.string({ unit: 'binary', maxLength: 120 });

describe('cutting', () => {
  test('keeps what fits, and ends the rest with an ellipsis', () => {
    expect([cut('abc', 3), cut('abcd', 3), cut('abcd', 1)]).toEqual(['abc', 'ab…', '…']);
  });

  test('never cuts through what is seen as one character', () => {
    expect(cut('a👨‍👩‍👧‍👦b', 8)).toBe('a…');
    expect(cut('e\u0301x', 2)).toBe('…');
  });

  test('counts after escaping, and never cuts through an entity', () => {
    expect(escapeText(cut('a&b', 6, ESCAPED))).toBe('a…');
    expect(escapeText(cut('a&b', 7, ESCAPED))).toBe('a&amp;b');
  });

  test('holds for any text', () => {
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 130 }), (text, max) => {
        const escaped = escapeText(cut(text, max, ESCAPED));
        expect(escaped.length).toBeLessThanOrEqual(max);
        expect(escaped).not.toMatch(/&(?!amp;|lt;|gt;)|[<>]/);
      }),
    );
  });

  test('keeps all that has room: whole characters of the text, and not one less', () => {
    const pieces = fc.constantFrom('a', '&', '"', '\n', 'é', 'e\u0301', '👨‍👩‍👧‍👦', '🇩🇪', '🟢');
    const costs = fc.constantFrom(LENGTH, AS_JSON, ESCAPED);
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), fc.integer({ min: 1, max: 90 }), costs, (given, max, cost) => {
        const text = given.join('');
        const shown = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)];
        const fits = shown.filter(({ segment, index }) => cost(text.slice(0, index + segment.length)) <= max - 1);
        const kept = fits.map(({ segment }) => segment).join('');
        expect(cut(text, max, cost)).toBe(cost(text) <= max ? text : `${kept}…`);
      }),
    );
  });
});

describe('lines', () => {
  test('that have no room are counted', () => {
    expect(fitLines(['one', 'two', 'three'], 11, 100)).toEqual({ kept: ['one', 'two'], left: 1 });
  });
});

describe('cleaning', () => {
  test('leaves nothing that controls, reorders or is no character', () => {
    expect(clean('a\u0000b\u202Ec\ud800d\r\ne')).toBe('a b c d\ne');
    expect(flat('  a\n\n b\t')).toBe('a b');
    fc.assert(fc.property(any, (text) => expect(clean(text)).not.toMatch(/\p{Cs}|(?!\n)\p{Cc}/u)));
  });
});
