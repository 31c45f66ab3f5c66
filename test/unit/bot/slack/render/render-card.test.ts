import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { STEP_SIGNS, TONE_SIGNS } from '../../../../../src/bot/cards/signs.js';
import type { Button, Card, CardStep, Language, Tone } from '../../../../../src/bot/port.js';
import { homeView } from '../../../../../src/bot/slack/home/home-view.js';
import { renderCard } from '../../../../../src/bot/slack/render/render-card.js';
import { messageBlocks, refusalOf, homeView as strictHome } from '../../../../platforms/slack/blocks.js';
import { decode, showBlocks } from '../../../../platforms/slack/markup.js';
import { fuzzRuns } from '../../../../support/fuzz.js';
import { expectGolden } from '../../golden.js';

const NAMES = { user: () => undefined, group: () => undefined };
const en = { language: 'en' as const };
const CARDS: Record<string, Card> = {
  alert: {
    tone: 'firing',
    title: 'RedisDown · redis · firing for 8 s',
    lines: ['redis does not answer PING (3 of 3 checks, connection refused). shop-web depends on it.'],
    buttons: [
      { label: 'Recover', command: 'redis', style: 'primary' },
      { label: 'Acknowledge', command: 'ack I-3' },
    ],
  },
  waiting: {
    tone: 'waiting',
    title: 'R-41 · redis · waiting for approval (1 of 1) · Ann',
    lines: ['redis_outage: worked 9 of 10 times · risk 0.4: restores data', '`/recover whoami` shows what you may do'],
    steps: [
      { number: 1, icon: 'pending', text: 'Stop redis' },
      { number: 2, icon: 'gate', text: 'Restore backup redis_backup of 04:15', note: 'needs approval' },
      { icon: 'undone', text: 'Undo: Stop redis', note: '0.3 s' },
    ],
    footer: ['plan 7f3a·91c2 · expires in 14 min'],
    buttons: [
      {
        label: 'Approve',
        command: 'approve R-41 7f3a91c2',
        style: 'primary',
        confirm: 'Approve plan 7f3a·91c2 for redis?',
      },
      { label: 'Reject', command: 'reject R-41 7f3a91c2', style: 'danger' },
      { label: 'Details', command: 'status R-41' },
    ],
  },
  ended: {
    tone: 'good',
    title: 'R-41 · redis recovered in 11.8 s',
    lines: ['PING answers, 1,204 keys'],
    buttons: [],
  },
  'dry-run': {
    tone: 'dry_run',
    title: 'DRY RUN · redis · redis_outage · nothing was touched',
    lines: [],
    buttons: [{ label: 'Recover', command: 'redis' }],
  },
  hostile: {
    tone: 'attention',
    author: 'Ann',
    title: '<!channel> *bold* & <https://evil.test|Runbook>',
    lines: ['<@U0LEE> _x_ ~y~ ```fence', '> quote &amp; :fire: @here'],
    buttons: [{ label: '<!here> & *x*', command: 'status', confirm: '<!channel> *sure*?' }],
  },
};

describe('a card on Slack', () => {
  test.each(Object.keys(CARDS))('looks as it did: %s', (name) => {
    const card = CARDS[name];
    if (!card) throw new Error(name);
    const { text, blocks } = renderCard(card, en);
    expectGolden(`slack-${name}`, JSON.stringify({ text, blocks }, undefined, 2));
  });

  test('reads in Russian where the adapter itself speaks', () => {
    const lines = Array.from({ length: 300 }, (_, n) => `${n} ${'х'.repeat(40)}`);
    const { text, left } = renderCard({ tone: 'neutral', title: 'x', lines, buttons: [] }, { language: 'ru' });
    expect(left).toBeGreaterThan(200);
    expect(text).toContain(`… и ещё строк: ${left}`);
  });

  test('shows what others wrote as it is, and calls nobody by it', () => {
    const card = CARDS.hostile;
    if (!card) throw new Error('hostile');
    const { text, blocks } = renderCard(card, en);
    const shown = showBlocks(messageBlocks.parse(blocks), NAMES);
    for (const part of [card.title, ...card.lines]) expect(shown.text).toContain(part);
    expect([shown.notified, decode(text, NAMES).notified]).toEqual([[], []]);
    expect(decode(text, NAMES).text).toContain('<!channel> *bold* & <https://evil.test|Runbook>');
  });

  test('a button whose command cannot be carried whole is not offered', () => {
    const buttons = ['', 'x'.repeat(2_001), 'a\u0000b', 'status'].map((command) => ({ label: 'Go', command }));
    const { blocks } = renderCard({ tone: 'neutral', title: 'x', lines: [], buttons }, en);
    expect(JSON.stringify(blocks).match(/"value"/g)).toHaveLength(1);
  });

  test('is a message that Slack takes, whatever the card', () => {
    fc.assert(
      fc.property(anyCard(), fc.constantFrom<Language>('en', 'ru'), (card, language) => {
        expect(refusalOf(renderCard(card, { language }))).toBeUndefined();
      }),
      { numRuns: fuzzRuns(300) },
    );
  });

  test('has no markup but the mentions that were asked for, whatever the card', () => {
    const mention = [{ id: 'U0ANN', name: 'Ann', kind: 'person' as const }];
    fc.assert(
      fc.property(anyCard(), (card) => {
        const { text, blocks } = renderCard(card, { ...en, mention });
        expect(text.replace(/^<@U0ANN> /, '')).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        expect(showBlocks(messageBlocks.parse(blocks), NAMES).notified).toEqual(['U0ANN']);
      }),
      { numRuns: fuzzRuns(200) },
    );
  });

  test('any cards together are an App Home that Slack takes', () => {
    fc.assert(
      fc.property(homeful(), (cards) => {
        expect(strictHome.safeParse(homeView(cards, 'en')).error).toBeUndefined();
      }),
      { numRuns: fuzzRuns(30) },
    );
  });
});

/** Seldom more cards than fit. */
function homeful(): fc.Arbitrary<Card[]> {
  const few = fc.array(anyCard(), { maxLength: 4 });
  const many = fc.array(anyCard(), { maxLength: 40 });
  return fc.oneof({ weight: 9, arbitrary: few }, { weight: 1, arbitrary: many });
}

/** Titles of a word to logs of 100 kB: any characters, and those that mean something to Slack more often. */
function anyCard(): fc.Arbitrary<Card> {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '<!channel>',
      '<@U1>',
      '&amp;',
      '&',
      '```',
      '`x`',
      '*',
      '\ud83d',
      '👨‍👩‍👧‍👦',
      '\u202e',
      '\n',
      '"',
      'е́'.repeat(200),
      '\u0000',
    ),
  );
  const text = fc.oneof(
    { weight: 8, arbitrary: fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')) },
    {
      weight: 1,
      arbitrary: fc.tuple(piece, fc.integer({ min: 1, max: 3_000 })).map(([each, times]) => each.repeat(times)),
    },
  );
  const button: fc.Arbitrary<Button> = fc.record(
    { label: text, command: text, style: fc.constantFrom('primary' as const, 'danger' as const), confirm: text },
    { requiredKeys: ['label', 'command'] },
  );
  const icons = Object.keys(STEP_SIGNS) as CardStep['icon'][];
  const step: fc.Arbitrary<CardStep> = fc.record(
    { icon: fc.constantFrom(...icons), text, number: fc.integer({ min: 1, max: 200 }), note: text },
    { requiredKeys: ['icon', 'text'] },
  );
  const many = <T>(one: fc.Arbitrary<T>) =>
    fc.oneof(
      { weight: 9, arbitrary: fc.array(one, { maxLength: 5 }) },
      { weight: 1, arbitrary: fc.array(one, { maxLength: 120 }) },
    );
  return fc.record(
    {
      tone: fc.constantFrom(...(Object.keys(TONE_SIGNS) as Tone[])),
      title: text,
      lines: many(text),
      author: text,
      steps: many(step),
      footer: fc.array(text, { maxLength: 10 }),
      buttons: many(button),
    },
    { requiredKeys: ['tone', 'title', 'lines', 'buttons'] },
  );
}
