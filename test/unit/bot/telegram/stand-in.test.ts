import { describe, expect, test } from '@jest/globals';
import { parseHtml } from '../../../platforms/telegram/html.js';
import { readKeyboard } from '../../../platforms/telegram/keyboard.js';
import { createLimits, TELEGRAM_LIMITS } from '../../../platforms/telegram/limits.js';
import { readText } from '../../../platforms/telegram/text.js';

const html = (text: string) => readText({ text, parse_mode: 'HTML' });

describe('the stand-in for Telegram reads HTML', () => {
  test('as people see it', () => {
    const { text, entities } = html('🔴 <b>R-1 &lt;b&gt; &amp; &quot;all&quot;</b>\n<a href="tg://user?id=7">Lee</a>');
    expect(text).toBe('🔴 R-1 <b> & "all"\nLee');
    expect(entities).toEqual([
      { type: 'bold', offset: 3, length: 15 },
      { type: 'text_mention', offset: 19, length: 3, url: 'tg://user?id=7' },
    ]);
  });

  test.each([
    ['<script>x</script>', /Unsupported start tag "script"/],
    ['<h1>x</h1>', /Unsupported start tag "h1"/],
    ['a < b', /can't parse entities/],
    ['a & b', /can't parse entities/],
    ['a > b', /can't parse entities/],
    ['<b>x', /Can't find end tag corresponding to start tag "b"/],
    ['x</b>', /Unexpected end tag at byte offset 1/],
    ['<b>x</i>', /Unmatched end tag/],
    ['&nbsp;', /can't parse entities/],
    ['&#xD800;', /invalid Unicode/],
    ['🏟 <kahn@inbox.ru>', /at byte offset 5/],
  ])('and refuses %s', (text, why) => {
    expect(() => parseHtml(text)).toThrow(why);
  });

  test.each([
    ['', /message text is empty/],
    [' \n ', /text must be non-empty/],
    ['<b> </b>', /text must be non-empty/],
    ['x'.repeat(4_097), /message is too long/],
    ['\ud800', /UTF-8/],
  ])('and refuses the text %j', (text, why) => {
    expect(() => html(text)).toThrow(why);
  });

  test('counts after entities are parsed', () => {
    expect(html('&lt;'.repeat(4_096)).text).toHaveLength(4_096);
  });
});

describe('the stand-in for Telegram reads keyboards', () => {
  const one = (button: unknown) => readKeyboard({ inline_keyboard: [[button]] });

  test.each([
    [{ text: 'x', callback_data: 'я'.repeat(33) }, /BUTTON_DATA_INVALID/],
    [{ text: 'x', callback_data: '' }, /BUTTON_DATA_INVALID/],
    [{ text: ' ', callback_data: 'a' }, /non-empty/],
    [{ text: 'x' }, /Text buttons are unallowed/],
    [{ text: 'x', callback_data: 'a', colour: 'red' }, /can't parse reply keyboard markup/],
  ])('and refuses %j', (button, why) => {
    expect(() => one(button)).toThrow(why);
  });

  test('64 bytes pass', () => {
    expect(one({ text: 'x', callback_data: 'я'.repeat(32) })).toHaveLength(1);
  });
});

describe('the stand-in for Telegram counts calls', () => {
  const supergroup = { id: -100, type: 'supergroup' };

  test('20 messages a minute in a group, edits apart from them', () => {
    const limits = createLimits({ ...TELEGRAM_LIMITS, perChatSecond: 100, perSecond: 100 });
    for (let n = 0; n < 20; n++) limits.pass('message', supergroup);
    expect(() => limits.pass('message', supergroup)).toThrow(/retry after (59|60)/);
    limits.pass('edit', supergroup);
    limits.pass('message', { id: -200, type: 'group' });
    expect(limits.exceeded()).toBe(1);
  });

  test('one chat closed for a time closes no other', () => {
    const limits = createLimits(TELEGRAM_LIMITS);
    limits.close(supergroup.id, 3_000);
    expect(() => limits.pass('edit', supergroup)).toThrow('Too Many Requests: retry after 3');
    limits.pass('message', { id: 5, type: 'private' });
  });
});
