import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../../../support/fuzz.js';
import { foldSteps } from '../../../../src/bot/cards/fold-steps.js';
import { MOST_BUTTONS, MOST_LINES, parentCard } from '../../../../src/bot/cards/parent-card.js';
import type { Card, CardStep } from '../../../../src/bot/port.js';
import { wordsOf } from '../../../../src/bot/words/languages.js';

const EN = wordsOf('en');
const ICONS = ['pending', 'gate', 'running', 'done', 'failed', 'skipped', 'unknown', 'undone', 'cancelled'] as const;

function rows(icons: string): CardStep[] {
  const named: Record<string, CardStep['icon']> = { '.': 'pending', v: 'done', r: 'running', g: 'gate', x: 'failed' };
  return Array.from(icons, (sign, index) => ({
    number: index + 1,
    icon: named[sign] ?? 'pending',
    text: `S${index + 1}`,
  }));
}
const texts = (icons: string, room: number) => foldSteps(rows(icons), room, EN).map(({ text }) => text);

describe('the steps of a long plan', () => {
  test.each<[string, string, number, string[]]>([
    ['fit: all are shown', 'vvr..', 5, ['S1', 'S2', 'S3', 'S4', 'S5']],
    [
      'what runs is shown between what is done and what is to come',
      'vvvvvvr......',
      5,
      ['Steps 1-5', 'S6', 'S7', 'S8', 'Steps 9-13'],
    ],
    ['at the beginning', 'r.........', 4, ['S1', 'S2', 'S3', 'Steps 4-10']],
    ['at the end', 'vvvvvvvvvr', 4, ['Steps 1-7', 'S8', 'S9', 'S10']],
    ['a gate far from what runs', 'vvrvvvvvvg', 5, ['S1', 'S2', 'S3', 'Steps 4-9', 'S10']],
  ])('%s', (_, icons, room, shown) => expect(texts(icons, room)).toEqual(shown));

  test('a stretch shows its state', () => {
    const [first, , last] = foldSteps(rows('vvvvr.....'), 3, EN);
    expect([first?.icon, last?.icon]).toEqual(['done', 'pending']);
  });

  test('never take more than their room, and never hide the only one that runs', () => {
    const icons = fc.array(fc.constantFrom('.', 'v', 'g'), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(icons, fc.nat(59), fc.integer({ min: 3, max: 12 }), (some, at, room) => {
        const plan = rows(some.join('')).map((row, index) =>
          index === at % some.length
            ? { ...row, icon: 'running' as const }
            : { ...row, icon: row.icon === 'gate' ? ('done' as const) : row.icon },
        );
        const shown = foldSteps(plan, room, EN);
        expect(shown.length).toBeLessThanOrEqual(room);
        expect(shown.map(({ text }) => text)).toContain(`S${(at % some.length) + 1}`);
      }),
    );
  });
});

describe('the card in the channel', () => {
  const line = fc.string({ maxLength: 10 });
  const step = fc.record({ number: fc.nat(), icon: fc.constantFrom(...ICONS), text: line });
  const button = fc.record({ label: line, command: line });

  test('has at most twelve lines and five buttons, and keeps the last button', () => {
    const parts = fc.record({
      tone: fc.constant('running' as const),
      title: line,
      lines: fc.array(line, { maxLength: 20 }),
      steps: fc.array(step, { maxLength: 40 }),
      footer: fc.array(line, { maxLength: 3 }),
      buttons: fc.array(button, { minLength: 1, maxLength: 9 }),
    });
    fc.assert(
      fc.property(parts, (given) => {
        const card = parentCard(given, EN);
        expect(heightOf(card)).toBeLessThanOrEqual(MOST_LINES);
        expect(card.buttons.length).toBeLessThanOrEqual(MOST_BUTTONS);
        expect(card.buttons.at(-1)).toEqual(given.buttons.at(-1));
      }),
    );
  });
});

function heightOf({ lines, steps = [], footer = [] }: Card): number {
  return 1 + lines.length + steps.length + footer.length;
}
