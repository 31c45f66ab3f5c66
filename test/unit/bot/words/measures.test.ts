import { describe, expect, test } from '@jest/globals';
import { wordsOf } from '../../../../src/bot/words/languages.js';
import { count, steps } from '../../../../src/bot/words/ru/measures.js';

const en = wordsOf('en').measures;
const ru = wordsOf('ru').measures;

describe('durations', () => {
  test.each([
    [0, '0 s', '0 с'],
    [59_499, '59 s', '59 с'],
    [90_000, '2 min', '2 мин'],
    [7_200_000, '2 h', '2 ч'],
    [4 * 86_400_000, '4 d', '4 д'],
    [-5, '0 s', '0 с'],
  ])('%i ms is about %s, %s', (ms, english, russian) =>
    expect([en.about(ms), ru.about(ms)]).toEqual([english, russian]),
  );

  test.each([
    [400, '0.4 s', '0,4 с'],
    [11_800, '11.8 s', '11,8 с'],
    [59_949, '59.9 s', '59,9 с'],
    [59_950, '1 min', '1 мин'],
    [7_500_000, '2 h 05 min', '2 ч 05 мин'],
    [86_400_000, '1 d', '1 д'],
  ])('%i ms is exactly %s, %s', (ms, english, russian) =>
    expect([en.exact(ms), ru.exact(ms)]).toEqual([english, russian]),
  );
});

describe('numbers and lists', () => {
  test('have the comma and the blank of their language', () => {
    expect([en.number(0.35), ru.number(0.35)]).toEqual(['0.35', '0,35']);
    expect([en.number(1_204), ru.number(1_204).replace(/\s/, ' ')]).toEqual(['1,204', '1 204']);
  });

  test('are joined as people do', () => {
    const names = ['Ann', 'Lee', 'Max'];
    expect([en.and(names), en.or(names.slice(1)), en.and(['Lee']), en.and([])]).toEqual([
      'Ann, Lee and Max',
      'Lee or Max',
      'Lee',
      '',
    ]);
    expect([ru.and(['Анна', 'Ли', 'Макс']), ru.or(['Ли', 'Макс'])]).toEqual(['Анна, Ли и Макс', 'Ли или Макс']);
  });
});

test.each([
  [1, '1 шаг'],
  [2, '2 шага'],
  [5, '5 шагов'],
  [11, '11 шагов'],
  [14, '14 шагов'],
  [21, '21 шаг'],
  [22, '22 шага'],
  [100, '100 шагов'],
  [1.5, '1,5 шага'],
])('Russian counts %d as %s', (n, text) => expect(count(n, ['шаг', 'шага', 'шагов'])).toBe(text));

test.each([
  [[4], 'шаг 4'],
  [[1, 2, 3], 'шаги 1-3'],
  [[1, 3], 'шаги 1 и 3'],
  [[1, 3, 4], 'шаги 1, 3 и 4'],
])('Russian names steps %j', (numbers, text) => expect(steps(numbers)).toBe(text));
