import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../../../../support/fuzz.js';
import { plainText, uncapitalised, withoutCall } from '../../../../../src/bot/slack/intake/plain-text.js';

describe('what a person typed', () => {
  test.each([
    ['a &lt;b&gt; &amp; c', 'a <b> & c'],
    ['&amp;lt;', '&lt;'],
    ['<@U0ANN|ann> and <@U0LEE>', '@ann and @U0LEE'],
    ['<#C0OPS|ops>', '#ops'],
    ['<!subteam^S1|@sre> <!here>', '@sre @here'],
    ['check <https://redis.io|redis.io>', 'check redis.io'],
    ['<https://a.test/?x=1&amp;y=2>', 'https://a.test/?x=1&y=2'],
    ['<mailto:a@b.test|a@b.test>', 'a@b.test'],
    ['  “smart quotes” — stay  ', '“smart quotes” — stay'],
  ])('%s is read as %s', (markup, text) => {
    expect(plainText(markup)).toBe(text);
  });

  test('comes through the escaping of Slack unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
        expect(plainText(escaped)).toBe(text.trim());
      }),
    );
  });
});

describe('a mention', () => {
  test.each([
    ['<@U0BOT> approve R-1', 'approve R-1'],
    ['<@U0BOT|reviver>: status', 'status'],
    ['<@U0BOT> <@U0BOT> /recover redis', 'redis'],
    ['<@U0ANN> redis', '<@U0ANN> redis'],
  ])('%s calls %s', (markup, text) => {
    expect(withoutCall(markup, 'U0BOT')).toBe(text);
  });

  test('is cut off also while it is not known who we are', () => {
    expect(withoutCall('<@U0BOT> status', undefined)).toBe('status');
  });
});

describe('a first letter', () => {
  test('is made small only where that name is known', () => {
    const names = new Set(['redis', 'Web', 'web']);
    expect(['Redis now', 'Web', 'Other', ''].map((text) => uncapitalised(text, names))).toEqual([
      'redis now',
      'Web',
      'Other',
      '',
    ]);
  });
});
