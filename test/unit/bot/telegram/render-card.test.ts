import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../../../support/fuzz.js';
import type { Button, Card, CardStep } from '../../../../src/bot/port.js';
import { createButtons } from '../../../../src/bot/telegram/buttons.js';
import { cut } from '../../../../src/bot/telegram/render/cut.js';
import { alertText, MAX_ALERT, renderCard } from '../../../../src/bot/telegram/render/render-card.js';
import { WORDS } from '../../../../src/bot/telegram/words.js';
import { readKeyboard } from '../../../platforms/telegram/keyboard.js';
import { createTestMemory } from '../../../platforms/telegram/memory.js';
import { readText } from '../../../platforms/telegram/text.js';
import { expectGolden } from '../golden.js';
import { CARDS } from './cards.js';

const LEE = { id: '102', name: 'Lee', kind: 'person' } as const;
const SRE = { id: 'sre', name: 'sre <all>', kind: 'group' } as const;

async function drawn(card: Card, mention?: Parameters<typeof renderCard>[2]): Promise<string> {
  const { html } = renderCard(card, WORDS.en, mention);
  const { inline_keyboard: rows } = await createButtons(createTestMemory()).keyboard(card.buttons);
  return [html, ...rows.map((row) => row.map((button) => `[${button.text}]`).join(' '))].join('\n');
}

describe('a card on Telegram', () => {
  test.each(Object.keys(CARDS))('%s reads as in its golden file', async (name) => {
    const card = CARDS[name];
    if (card) expectGolden(`../telegram/__golden__/${name}`, await drawn(card));
  });

  test('calls people by their number, and a group by its name', async () => {
    const card: Card = { tone: 'waiting', title: 'R-41 needs one approval', lines: [], buttons: [] };
    expect(await drawn(card, [LEE, SRE])).toBe(
      '🟡 <b>R-41 needs one approval</b>\nFor <a href="tg://user?id=102">Lee</a>, sre &lt;all&gt;',
    );
  });

  test('keeps what must be done next, and says how much is missing', () => {
    const steps = Array.from(
      { length: 300 },
      (_, n): CardStep => ({ number: n + 1, icon: 'done', text: 'x'.repeat(50) }),
    );
    const { plain } = renderCard(
      { tone: 'running', title: 'R-1', lines: [], steps, footer: ['Next: approve it'], buttons: [] },
      WORDS.en,
    );
    expect(plain.split('\n')[0]).toBe('🔵 R-1');
    expect(plain).toMatch(/\n… \d+ more lines\nNext: approve it$/);
  });

  test('cannot be forged by what stands in it', () => {
    const card: Card = {
      tone: 'neutral',
      title: 'x\n🟢 R-2 recovered',
      lines: ['<b>bold</b> <a href="tg://user?id=1">Lee</a> \u202Edesrever'],
      buttons: [],
    };
    expect(renderCard(card, WORDS.en)).toEqual({
      html: '<b>x 🟢 R-2 recovered</b>\n&lt;b&gt;bold&lt;/b&gt; &lt;a href=&quot;tg://user?id=1&quot;&gt;Lee&lt;/a&gt; desrever',
      plain: 'x 🟢 R-2 recovered\n<b>bold</b> <a href="tg://user?id=1">Lee</a> desrever',
    });
  });

  test.each(['', ' ', '\u3164', '\u200B', '\u0000'])('with nothing to see (%j) is still a message', (title) => {
    expect(renderCard({ tone: 'neutral', title, lines: [], buttons: [] }, WORDS.en).html).toBe('—');
  });
});

/** Text as alerts, logs and people may bring it: markup, controls, halves of characters, accents without end, a log. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 80 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '<b>&lt;<script>"\'`&amp;&&#60;</b>',
      '<!channel> [x](tg://user?id=1) ***',
      '\ud83d\u0000\u202E\u2028\r\n\t',
      '',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `z${'\u0301'.repeat(5_000)}`,
      '👨‍👩‍👧‍👦'.repeat(900),
      'x'.repeat(100_000),
      '&'.repeat(9_000),
    ),
  },
);
const few = <T>(one: fc.Arbitrary<T>, maxLength: number) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.array(one, { maxLength: 6 }) },
    { weight: 1, arbitrary: fc.array(one, { maxLength }) },
  );
const button: fc.Arbitrary<Button> = fc.record({ label: text, command: text }).chain((plain) =>
  fc.oneof(
    fc.constant(plain),
    text.map((confirm) => ({ ...plain, confirm })),
  ),
);
const step: fc.Arbitrary<CardStep> = fc.record(
  {
    number: fc.integer({ min: 1, max: 500 }),
    icon: fc.constantFrom<CardStep['icon']>('pending', 'running', 'done', 'unknown'),
    text,
    note: text,
  },
  { requiredKeys: ['icon', 'text'] },
);
const anyCard: fc.Arbitrary<Card> = fc.record(
  {
    tone: fc.constantFrom<Card['tone']>('firing', 'neutral', 'dry_run'),
    title: text,
    lines: fc.array(text, { maxLength: 12 }),
    author: text,
    steps: few(step, 120),
    footer: fc.array(text, { maxLength: 6 }),
    buttons: few(button, 60),
  },
  { requiredKeys: ['tone', 'title', 'lines', 'buttons'] },
);
const mention = few(
  fc.record({ id: text, name: text, kind: fc.constantFrom('person' as const, 'group' as const) }),
  40,
);

describe('whatever is in a card', () => {
  test('Telegram takes its text, with markup and without', () => {
    fc.assert(
      fc.property(anyCard, mention, fc.constantFrom(WORDS.en, WORDS.ru), (card, called, words) => {
        const { html, plain } = renderCard(card, words, called);
        const seen = readText({ text: html, parse_mode: 'HTML' });
        expect(readText({ text: plain }).text).toBe(seen.text);
      }),
    );
  });

  test('Telegram takes its buttons, and each press finds its command again', async () => {
    await fc.assert(
      fc.asyncProperty(few(button, 60), async (given) => {
        const buttons = createButtons(createTestMemory());
        const keyboard = await buttons.keyboard(given);
        const shown = readKeyboard(JSON.parse(JSON.stringify(keyboard))).flat();
        expect(keyboard.inline_keyboard.every((row) => row.length <= 2)).toBe(true);
        for (const [index, { data }] of shown.entries()) {
          const { command = '', confirm } = given[index] ?? {};
          expect(await buttons.meaning(data)).toEqual({ command, ...(confirm === undefined ? {} : { confirm }) });
        }
      }),
    );
  });

  test('an alert of it is at most 200 long, and never empty', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        const alert = alertText(card, WORDS.en).text;
        expect(alert.length).toBeGreaterThan(0);
        expect(alert.length).toBeLessThanOrEqual(MAX_ALERT);
        expect(alert).not.toMatch(/\p{Cs}/u);
      }),
    );
  });

  test('a cut leaves characters whole', () => {
    expect(cut('ab👨‍👩‍👧‍👦cd', 6)).toBe('ab…');
    expect(cut('abcdef', 6)).toBe('abcdef');
    expect(cut(`z${'\u0301'.repeat(50)}`, 5)).toHaveLength(5);
    expect(cut('abc', 0)).toBe('');
  });
});

describe('callback data', () => {
  const buttons = () => createButtons(createTestMemory());

  test.each(['', '2:approve R-1', '1#short', `1#${'a'.repeat(22)}`, 'approve R-1'])(
    '%j means nothing',
    async (data) => {
      expect(await buttons().meaning(data)).toBeUndefined();
    },
  );

  test('a command of any length keeps below 64 bytes and survives a restart', async () => {
    const memory = createTestMemory();
    const command = `redis backup="${'я'.repeat(500)}" --reason "why not"`;
    const { inline_keyboard: rows } = await createButtons(memory).keyboard([{ label: 'Recover', command }]);
    const data = rows[0]?.[0]?.callback_data ?? '';
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
    expect(await createButtons(memory).meaning(data)).toEqual({ command });
  });
});

test('words of an alert fit into it, with a bot whose name is as long as names get', () => {
  const bot = 'b'.repeat(32);
  for (const words of Object.values(WORDS))
    for (const said of [words.buttonUnknown, words.memoryAway, words.noMessage, words.clickTooOld, words.inPrivate])
      expect(said.length).toBeLessThanOrEqual(MAX_ALERT);
  for (const words of Object.values(WORDS)) expect(words.startForAll(bot).length).toBeLessThan(MAX_ALERT / 2);
});
