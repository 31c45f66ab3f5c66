import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../../../support/fuzz.js';
import type { Card } from '../../../../src/bot/port.js';
import { renderCard } from '../../../../src/bot/terminal/render-card.js';
import { columns, wrap } from '../../../../src/bot/terminal/wrap.js';

const CARD: Card = {
  tone: 'good',
  title: 'R-41 · redis recovered in 11.8 s',
  lines: ['PING answers'],
  steps: [{ number: 10, icon: 'done', text: 'Start', note: '0.4 s' }],
  buttons: [{ label: 'Roll back', command: 'rollback R-41' }],
};

describe('a card in the terminal', () => {
  test('has a left bar, its author, and time in the margin', () => {
    expect(
      renderCard(CARD, { colour: false, width: 80, author: 'Reviver', margin: '11.8 s', numbers: [1, 2, 3, 4] }),
    ).toBe(
      [
        '  11.8 s │ Reviver',
        '         │ 🟢 R-41 · redis recovered in 11.8 s',
        '         │ PING answers',
        '         │ 10 ✓ Start  0.4 s',
        '         │ [1 Roll back]',
      ].join('\n'),
    );
  });

  test('has colour only when asked for', () => {
    expect(renderCard(CARD, { colour: true, width: 80 })).toContain('\u001b[32m│');
    expect(renderCard(CARD, { colour: false, width: 80 })).not.toContain('\u001b');
  });

  test('nothing in it reaches the terminal as a control', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(text, text, fc.integer({ min: 10, max: 120 }), (title, line, width) => {
        const shown = renderCard({ ...CARD, title, lines: [line] }, { colour: false, width });
        expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
      }),
    );
  });
});

describe('wrapping', () => {
  test('keeps within the width and loses nothing', () => {
    const words = fc.array(
      fc.string({ unit: fc.constantFrom('a', 'я', '🟢', '·', '…'), minLength: 1, maxLength: 30 }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(words, fc.integer({ min: 8, max: 60 }), (given, width) => {
        const lines = wrap(given.join(' '), width, '  ');
        for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(given.join(''));
      }),
    );
  });
});
