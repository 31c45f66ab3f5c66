import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parts, smsText } from '../../../src/pager/sms.js';
import { someNews } from '../../support/some-news.js';

describe('a text message', () => {
  test('is short, and says how to answer', () => {
    const text = smsText(someNews());
    expect(text).toBe(
      '[E-5] redis needs people: Step 3 "Start redis" failed 3 times: connection refused -> /recover ack E-5',
    );
    expect(parts(text)).toBe(1);
  });

  test('in Russian too', () => {
    const text = smsText(someNews({ language: 'ru', reason: 'соединение отклонено' }));
    expect(text).toBe('[E-5] redis: нужны люди: соединение отклонено -> /recover ack E-5');
    expect(parts(text)).toBe(1);
  });

  test('never takes more than two parts, nor loses the answer, whatever the reason says', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 600, unit: 'grapheme' }), fc.constantFrom('en', 'ru'), (reason, language) => {
        const text = smsText(someNews({ reason, language }));
        expect(parts(text)).toBeLessThanOrEqual(2);
        expect(text.endsWith('/recover ack E-5')).toBe(true);
      }),
    );
  });

  test.each([
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['a'.repeat(306), 2],
    ['a'.repeat(307), 3],
    ['€'.repeat(80), 1],
    ['€'.repeat(81), 2],
    ['я'.repeat(70), 1],
    ['я'.repeat(71), 2],
    ['😀'.repeat(36), 2],
  ])('is counted as the network does (%#)', (text, count) => {
    expect(parts(text)).toBe(count);
  });
});
