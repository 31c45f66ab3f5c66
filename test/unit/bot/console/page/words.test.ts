import { describe, expect, test } from '@jest/globals';
import { age, duration, exactTime } from '../../../../../src/bot/console/page/model/durations.js';
import { languageOf, WORDS } from '../../../../../src/bot/console/page/words/language.js';
import { NOW } from './builders.js';

/** Every text of a table, with what its functions make. */
function textsOf(table: object): string[] {
  return Object.values(table).flatMap((value): string[] => {
    if (typeof value === 'function') return [String(value(2)), String(value(1))];
    return typeof value === 'object' && value !== null ? textsOf(value) : [String(value)];
  });
}

describe('words of the page', () => {
  test('say as much in Russian as in English', () => {
    const empty = (texts: string[]) => texts.flatMap((text, index) => (text === '' ? [index] : []));
    expect(empty(textsOf(WORDS.ru))).toEqual(empty(textsOf(WORDS.en)));
    expect(textsOf(WORDS.ru)).toHaveLength(textsOf(WORDS.en).length);
  });

  test('speak one language each, and calmly', () => {
    for (const text of textsOf(WORDS.en)) expect(text).not.toMatch(/[а-яё]|!/i);
    for (const text of textsOf(WORDS.ru)) expect(text.replace(/Reviver|help|rvr_/g, '')).not.toMatch(/[a-z]|!/i);
  });

  test.each([
    [['ru-RU', 'en'], 'ru'],
    [['de', 'ru'], 'ru'],
    [['de-CH'], 'en'],
    [['en-GB', 'ru'], 'en'],
    [[], 'en'],
  ])('for a browser that prefers %j are in %s', (preferred, language) => {
    expect(languageOf(preferred)).toBe(language);
  });
});

describe('times', () => {
  test.each([
    [0, '0 s', '0 с'],
    [59_999, '59 s', '59 с'],
    [60_000, '1 min', '1 мин'],
    [7_199_000, '1 h', '1 ч'],
    [200_000_000, '2 d', '2 д'],
    [-5, '0 s', '0 с'],
  ])('%d ms is %s', (ms, en, ru) => {
    expect([duration(ms, 'en'), duration(ms, 'ru')]).toEqual([en, ru]);
  });

  test('ages do not tick by the second', () => {
    expect([9_000, 34_000, 61_000].map((ms) => age(ms, 'en'))).toEqual([undefined, '30 s', '1 min']);
  });

  test('are exact in the zone of the reader, and name it', () => {
    expect(exactTime(NOW, 'en', 'UTC')).toBe('Sun, 22 Nov 2026, 04:15:00 UTC');
    expect(exactTime(NOW, 'en', 'Asia/Yekaterinburg')).toMatch(/09:15:00 GMT\+5$/);
    expect(exactTime(NOW, 'ru', 'UTC')).toContain('22 нояб. 2026');
  });
});
