import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { detailsCard, whyCard } from '../../../../src/bot/cards/details-card.js';
import { historyCard } from '../../../../src/bot/cards/history-card.js';
import { incidentCard } from '../../../../src/bot/cards/incident-card.js';
import { dryRunCard } from '../../../../src/bot/cards/notice-card.js';
import { MOST_BUTTONS, MOST_LINES } from '../../../../src/bot/cards/parent-card.js';
import { recoveryCard } from '../../../../src/bot/cards/recovery-card.js';
import { parseCommand } from '../../../../src/bot/commands/run-command.js';
import { COMMANDS } from '../../../../src/bot/commands/table.js';
import { notes } from '../../../../src/bot/live/notes.js';
import { threadLine } from '../../../../src/bot/live/thread-lines.js';
import type { Button, Card, Language } from '../../../../src/bot/port.js';
import { wordsOf } from '../../../../src/bot/words/languages.js';
import type { Incident, RecoveryView } from '../../../../src/engine/engine.js';
import { ROLES } from '../../../../src/engine/model/person.js';
import { anyView } from '../../../support/arbitrary-view.js';
import { fuzzRuns } from '../../../support/fuzz.js';
import { toEnded } from '../../../support/memory-feedback.js';
import { ago, NOW } from '../../../support/recovery-view.js';

const LANGUAGES = ['en', 'ru'] as const;

/** All that people read of a card; labels of buttons are the same in every language. */
function textsOf({ title, lines, steps = [], footer = [], buttons }: Card): string[] {
  const rows = steps.flatMap(({ text, note = '' }) => [text, note]);
  return [title, ...lines, ...rows, ...footer, ...buttons.flatMap(({ confirm = '' }) => confirm)];
}

const NAMES = /\b[RI]-\d+\b|[0-9a-f]{4}·[0-9a-f]{4}|`[^`]*`/g;
const ROLE_WORDS = new RegExp(`\\((?:${ROLES.join('|')})\\)`, 'g');

/** Without names of recoveries, digests, what is typed, and the words by which the configuration knows roles. */
function own(text: string): string {
  return text.replace(NAMES, '').replace(ROLE_WORDS, '');
}

/** What nobody means to say. */
const SLIP = /undefined|NaN|null|\[object|\p{Cc}|!/u;
const FOREIGN: Record<Language, RegExp> = { en: /[\p{Script=Cyrillic}]/u, ru: /[A-Za-z]/ };

function cardsOf(view: RecoveryView, language: Language): Card[] {
  const words = wordsOf(language);
  return [
    recoveryCard(view, words),
    recoveryCard(view, words, 'ομάδα'),
    detailsCard(view, words),
    detailsCard(view, words, 'ομάδα'),
    whyCard(view.recovery.plan, view.at, words),
    whyCard(view.recovery.plan, view.at, words, view),
    historyCard({ items: [toEnded(view)], records: [], service: 'σέρβις' }, view.at, words),
    ...notes(view, words).map(({ card }) => card),
  ];
}

describe.each(LANGUAGES)('whatever a recovery is like, in %s', (language) => {
  test('its cards speak that language alone', () => {
    fc.assert(
      fc.property(anyView(), (view) => {
        const texts = cardsOf(view, language).flatMap(textsOf);
        expect(texts.filter((text) => FOREIGN[language].test(own(text)))).toEqual([]);
        expect(texts.filter((text) => SLIP.test(text))).toEqual([]);
      }),
      { numRuns: fuzzRuns(200) },
    );
  });

  test('the card in the channel is at most twelve lines and five buttons, each of which does something', () => {
    fc.assert(
      fc.property(anyView(), fc.constantFrom(undefined, 'ομάδα'), (view, deadPool) => {
        const card = recoveryCard(view, wordsOf(language), deadPool);
        expect(1 + card.lines.length + (card.steps ?? []).length + (card.footer ?? []).length).toBeLessThanOrEqual(
          MOST_LINES,
        );
        expect(card.buttons.length).toBeLessThanOrEqual(MOST_BUTTONS);
        for (const { command } of card.buttons) expect(() => parseCommand(command, COMMANDS)).not.toThrow();
        expect(new Set(card.buttons.map(({ command }) => command)).size).toBe(card.buttons.length);
      }),
      { numRuns: fuzzRuns(200) },
    );
  });

  test('a destructive button asks once more, with the target, who depends on it, and the plan', () => {
    const asked = (label: string) => /^(?:Cancel|Roll back|Mark done)$/.test(label);
    fc.assert(
      fc.property(anyView(), (view) => {
        const dependents = view.recovery.plan.riskReasons.some((reason) => reason.endsWith('depends on it'));
        const destructive = detailsCard(view, wordsOf(language)).buttons.filter(({ label }) => asked(label));
        for (const { confirm } of destructive as Button[]) {
          expect(confirm).toContain('σέρβις');
          expect(confirm).toContain('7f3a·91c2');
          expect(confirm?.includes('δ')).toBe(dependents);
        }
      }),
    );
  });

  test('an incident and a dry run speak it, too', () => {
    const words = wordsOf(language);
    const incident = fc.record<Incident>({
      id: fc.constant(3),
      service: fc.constant('σέρβις'),
      title: fc.constant('Συναγερμός'),
      detail: fc.constantFrom('', 'λεπτομέρεια'),
      severity: fc.constantFrom(0.1, 0.5, 0.8, 1),
      fingerprint: fc.constant('φ'),
      state: fc.constantFrom('open' as const, 'acknowledged' as const, 'resolved' as const),
      count: fc.integer({ min: 1, max: 10_000 }),
      startedAt: fc.constantFrom(ago(1_000), ago(90_000)),
      resolvedAt: fc.constantFrom(null, NOW),
      acknowledgedBy: fc.constantFrom(null, 'Άννα'),
      recoveryId: fc.constant(null),
    });
    fc.assert(
      fc.property(incident, anyView(), fc.boolean(), (given, view, tried) => {
        const { plan } = view.recovery;
        const steps = plan.steps.map((each) => ({ ...each, name: 'βήμα' }));
        const remedy = { ...plan, steps };
        const context = { now: NOW, remedy, ...(tried ? { recovery: view } : {}) };
        const cards = [incidentCard(given, context, words), dryRunCard(remedy, ['θα σταματούσε'], 'σέρβις', words)];
        expect(cards.flatMap(textsOf).filter((text) => FOREIGN[language].test(own(text)))).toEqual([]);
      }),
    );
  });

  test('each line of the thread does', () => {
    const words = wordsOf(language);
    const data = {
      step: 1,
      name: 'βήμα',
      attempt: 2,
      from: 'κόμβος',
      reason: 'λόγος',
      error: 'σφάλμα',
      evidence: 'ίχνος',
      pool: 'ομάδα',
    };
    const more = { message: 'μήνυμα', summary: 'σύνοψη', duration_ms: 1_200, delay_ms: 4_000, verdict: 'approve' };
    for (const kind of KINDS) {
      for (const name of ['βήμα', 'Undo: βήμα']) {
        const event = { id: 1, at: NOW, recoveryId: 41, kind, actor: 'Άννα', data: { ...data, ...more, name } };
        expect(own(threadLine(event, words) ?? '')).toMatch(/\p{L}/u);
        expect(own(threadLine(event, words) ?? '')).not.toMatch(FOREIGN[language]);
      }
    }
  });
});

const KINDS = [
  'recovery.started',
  'recovery.taken_over',
  'recovery.rolling_back',
  'recovery.retried',
  'recovery.marked_done',
  'recovery.retry_scheduled',
  'recovery.awaiting_manual',
  'recovery.escalated',
  'recovery.acknowledged',
  'recovery.no_worker',
  'step.started',
  'step.succeeded',
  'step.retry',
  'step.failed',
  'step.unknown',
  'step.not_done',
  'step.skipped',
  'step.cancelled',
  'step.log',
  'approval.decided',
];

test('the samples that people agreed on', () => {
  const ru = wordsOf('ru');
  expect(ru.waiting.approval(undefined, 1, 1)).toBe('ждёт одобрения (1 из 1)');
  expect(`R-41 · redis ${ru.ended.recovered(11_800, undefined)}`).toBe('R-41 · redis восстановлен за 11,8 с');
});
