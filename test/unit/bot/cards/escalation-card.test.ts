import { describe, expect, test } from '@jest/globals';
import { callCard, onCallCard } from '../../../../src/bot/cards/escalation-card.js';
import { recoveryCard } from '../../../../src/bot/cards/recovery-card.js';
import { threadLine } from '../../../../src/bot/live/thread-lines.js';
import type { Card } from '../../../../src/bot/port.js';
import { renderCard } from '../../../../src/bot/terminal/render-card.js';
import { wordsOf } from '../../../../src/bot/words/languages.js';
import type { EscalationView } from '../../../../src/engine/engine.js';
import { anEscalation } from '../../../support/an-escalation.js';
import { ago, NOW, recoveryView } from '../../../support/recovery-view.js';
import { expectGolden } from '../golden.js';

const plain = { colour: false, width: 110 };
const soon = new Date(+NOW + 300_000);
const redis = (over: Partial<EscalationView> = {}) =>
  anEscalation({
    startedAt: ago(90_000),
    nextAt: soon,
    reason: 'Step 2 "Start redis" failed: connection refused',
    ...over,
  });

const STATES: Record<string, EscalationView> = {
  'called-first': redis(),
  'called-last': redis({ level: 3, nextAt: null }),
  'called-without-recovery': redis({
    recoveryId: null,
    code: 'rto_breached',
    reason: 'it is away for longer than 5 min, its recovery time objective',
  }),
  'called-again': redis({ state: 'acknowledged', acknowledgedBy: 'Ann', nextAt: null }),
};

describe.each(['en', 'ru'] as const)('whom an escalation calls, in %s', (language) => {
  const words = wordsOf(language);
  const golden = (name: string, card: Card) => expectGolden(`${name}.${language}`, renderCard(card, plain));

  test.each(Object.entries(STATES))('%s', (name, escalation) => golden(name, callCard(escalation, NOW, words)));

  test('is a line of the card of its recovery', () => {
    const failing = redis({ level: 2, failing: ['pagerduty'] });
    const view = recoveryView({
      recovery: { state: 'FAILED', outcome: { code: 'x', message: 'no backup' } },
      escalation: failing,
    });
    golden('recovery-escalated', recoveryCard(view, words));
  });

  test('is no line any more when it is over', () => {
    const card = recoveryCard(
      recoveryView({ recovery: { state: 'FAILED' }, escalation: redis({ state: 'resolved' }) }),
      words,
    );
    expect(JSON.stringify(card)).not.toContain('E-5');
  });

  test('is shown by oncall', () => {
    const policies = [
      { name: 'default', services: ['redis', 'web'], stages: redis().stages },
      { name: 'quiet', services: ['reports'], stages: [{ afterMs: 3_600_000, notify: ['email' as const] }] },
    ];
    golden('oncall', onCallCard({ policies, reaches: ['chat', 'pagerduty', 'email'] }, [redis()], NOW, words));
    golden('oncall-quiet', onCallCard({ policies: [], reaches: ['chat'] }, [], NOW, words));
  });

  test('is told in the thread', () => {
    const event = (kind: string, data: object) =>
      threadLine({ id: 1, at: NOW, recoveryId: 12, kind, actor: 'reviver', data: { ...data } }, words);
    expectGolden(
      `escalation-thread.${language}`,
      [
        event('escalation.level_told', { channels: ['pagerduty', 'chat'] }),
        event('escalation.channel_failed', { channel: 'pagerduty', reason: 'PagerDuty answered 503' }),
      ].join('\n'),
    );
    expect(event('escalation.level_told', { channels: ['chat'] })).toBeUndefined();
  });
});
