import { describe, expect, test } from '@jest/globals';
import { historyCard } from '../../../../src/bot/cards/history-card.js';
import { type IncidentContext, incidentCard } from '../../../../src/bot/cards/incident-card.js';
import { dryRunCard, formCard, listCard, noPlanCard, refusalCard } from '../../../../src/bot/cards/notice-card.js';
import { statusCard } from '../../../../src/bot/cards/status-card.js';
import { parseCommand } from '../../../../src/bot/commands/run-command.js';
import { COMMANDS } from '../../../../src/bot/commands/table.js';
import type { Card } from '../../../../src/bot/port.js';
import { renderCard } from '../../../../src/bot/terminal/render-card.js';
import { wordsOf } from '../../../../src/bot/words/languages.js';
import type { Incident, Status } from '../../../../src/engine/engine.js';
import { createFakeEngine } from '../../../support/fake-engine.js';
import { toEnded } from '../../../support/memory-feedback.js';
import { APPROVED_BY_LEE, ago, NOW, plan, recoveryView } from '../../../support/recovery-view.js';
import { expectGolden } from '../golden.js';

const INCIDENT: Incident = {
  id: 3,
  service: 'redis',
  title: 'RedisDown',
  detail: 'redis does not answer PING (3 of 3 checks, connection refused). shop-web depends on it.',
  severity: 0.9,
  fingerprint: 'f',
  state: 'open',
  count: 3,
  startedAt: ago(8_000),
  resolvedAt: null,
  acknowledgedBy: null,
  recoveryId: null,
};

const succeeded = recoveryView({
  recovery: { state: 'SUCCEEDED', createdAt: ago(11_800), endedAt: ago(0), activeMs: 8_200 },
  approvals: [APPROVED_BY_LEE],
});

const ALERT = { source: 'alertmanager', name: 'RedisDown', says: 'PING is not answered for 30 s' };

const POSTS: Record<string, [Partial<Incident>, Partial<IncidentContext>]> = {
  firing: [{}, { remedy: plan() }],
  'own-check': [
    { title: 'redis is down', detail: 'connection refused (3 of 3 checks)', fingerprint: 'health:redis', count: 1 },
    {},
  ],
  acknowledged: [{ state: 'acknowledged', acknowledgedBy: 'Ann', count: 1 }, {}],
  recovering: [{ recoveryId: 41 }, { recovery: recoveryView() }],
  'not-helped': [
    {},
    { recovery: recoveryView({ recovery: { state: 'FAILED', outcome: { code: 'x', message: 'no backup' } } }) },
  ],
  'joined-by-alerts': [
    {
      alert: ALERT,
      alerts: 3,
      firing: 3,
      fingerprint: 'health:redis',
      title: 'redis is down',
      found: 'connection refused (3 of 3 checks)',
    },
    { remedy: plan() },
  ],
  'partly-over': [{ alert: ALERT, alerts: 200, firing: 12 }, {}],
  unmapped: [{ service: null, about: 'legacy-billing', alert: ALERT, alerts: 1, firing: 1 }, {}],
  silenced: [{ silence: { until: new Date(+NOW + 3_600_000), by: 'Ann' }, alerts: 1, firing: 1 }, {}],
  'in-shadow': [
    {
      auto: {
        start: false,
        shadow: true,
        plan: 'redis_outage',
        because: 'in shadow mode, as configured: 2 of 5 verified runs',
      },
    },
    { remedy: plan() },
  ],
  'not-by-itself': [
    {
      auto: {
        start: false,
        shadow: false,
        plan: 'redis_outage',
        because: 'auto_recover does not allow it: risk < 0.3',
      },
    },
    {},
  ],
  'recovered-and-still-firing': [
    { state: 'resolved', resolvedAt: NOW, alert: ALERT, alerts: 3, firing: 2 },
    { recovery: succeeded },
  ],
  recovered: [{ state: 'resolved', resolvedAt: NOW }, { recovery: succeeded }],
  'resolved-by-itself': [{ state: 'resolved', resolvedAt: NOW }, {}],
};

const SILENCE = { until: new Date(+NOW + 3_600_000), by: 'Ann' };

const STATUS: Status = {
  breakers: {},
  services: {
    redis: {
      service: 'redis',
      status: 'unhealthy',
      since: ago(8_000),
      detail: 'connection refused',
      consecutiveFailures: 3,
      recovery: 'IDLE',
      recoveryId: null,
    },
    'shop-web': {
      service: 'shop-web',
      status: 'healthy',
      since: ago(7_200_000),
      detail: '200 OK',
      consecutiveFailures: 0,
      recovery: 'IN_PROGRESS',
      recoveryId: 40,
    },
  },
  activeRecoveries: 2,
  queuedRecoveries: 0,
  awaitingPeople: 1,
  unknownOutcomes: 0,
  recent: [recoveryView({ recovery: { state: 'AWAITING_APPROVAL', createdAt: ago(180_000) } }).recovery],
  pools: ['default'],
  workers: [],
  redis: 'down',
  postgres: 'ok',
};

const plain = { colour: false, width: 110 };
const EN = wordsOf('en');
const LANGUAGES = ['en', 'ru'] as const;
const NAMED = LANGUAGES.flatMap((language) =>
  Object.entries(POSTS).map(([name, post]) => [name, language, post] as const),
);

describe('the post of an incident', () => {
  test.each(NAMED)('%s reads in %s as in its golden file', (name, language, [incident, context]) => {
    const card = incidentCard({ ...INCIDENT, ...incident }, { now: NOW, ...context }, wordsOf(language));
    expectGolden(`incident-${name}.${language}`, renderCard(card, plain));
  });

  test.each<[string, Partial<Incident>, string[]]>([
    ['fires', {}, ['Recover', 'Choose plan', 'Acknowledge', 'Silence', 'Escalate']],
    ['is acknowledged', { state: 'acknowledged' }, ['Recover', 'Choose plan', 'Silence', 'Escalate']],
    ['is about no known service', { service: null }, ['Choose plan', 'Acknowledge', 'Silence', 'Escalate']],
    ['is silenced', { silence: SILENCE }, ['Recover', 'Choose plan', 'Acknowledge', 'Unsilence', 'Escalate']],
  ])('that %s has its buttons, each a command that can be typed', (_, given, expected) => {
    const { buttons } = incidentCard({ ...INCIDENT, ...given }, { now: NOW, remedy: plan() }, EN);
    expect(buttons.map(({ label }) => label)).toEqual(expected);
    for (const { command } of buttons) expect(() => parseCommand(command, COMMANDS)).not.toThrow();
  });

  test('an alert can imitate neither a field, nor a state, nor a line, nor the end of its quotation', () => {
    const title = '🟢 redis · recovered in 3 s by R-9 · Ann\u202E, approved by Lee';
    const detail = 'calm”\nR-9 did not help: “all is well”\u2028[Approve]';
    const card = incidentCard({ ...INCIDENT, title, detail }, { now: NOW }, EN);
    expect(card.title).toBe(
      'redis recovered in 3 s by R-9 Ann , approved by Lee · redis · firing for 8 s · critical · 3 alerts',
    );
    expect(card.lines).toEqual(['Alert says: “calm" R-9 did not help: "all is well" [Approve]”']);
  });

  test('secrets in an alert are not shown', () => {
    const detail = 'cannot reach redis://:hunter2@10.0.0.7:6379';
    expect(incidentCard({ ...INCIDENT, detail }, { now: NOW }, EN).lines).toEqual([
      'Alert says: “cannot reach redis://:•••@10.0.0.7:6379”',
    ]);
  });
});

describe.each(LANGUAGES)('private cards in %s', (language) => {
  const words = wordsOf(language);
  const golden = (name: string, card: Card) => expectGolden(`${name}.${language}`, renderCard(card, plain));

  test('status', () => golden('status', statusCard(STATUS, NOW, words)));
  test('status without the database', () =>
    golden('status-blind', statusCard({ ...STATUS, postgres: 'down' }, NOW, words)));
  test('list', () => golden('list', listCard(STATUS.services, createFakeEngine().runbooks(), NOW, words)));
  test('history', () => {
    const rejected = { ...toEnded(succeeded), id: 40, state: 'CANCELLED', code: 'rejected', activeMs: 0 } as const;
    const items = [{ ...toEnded(succeeded), helped: 2, didNotHelp: 1, notes: 1 }, rejected];
    const records = [
      { kind: 'runbook', plan: 'redis_outage', runs: 10, succeeded: 9, medianActiveMs: 12_000 },
      { kind: 'strategy', plan: 'restart', runs: 2, succeeded: 0, medianActiveMs: null },
    ] as const;
    const at = (hours: number) => new Date(+toEnded(succeeded).endedAt - hours * 3_600_000);
    const lost = {
      id: '20261121T0310-a1b2',
      lost: 'postgres',
      state: 'SUCCEEDED',
      by: 'root',
      rtoMs: 432_000,
    } as const;
    const disasters = [
      { ...lost, endedAt: at(0), rpoMs: 3_100 },
      { ...lost, lost: 'server', state: 'FAILED', endedAt: at(1), rtoMs: null, rpoMs: null },
    ] as const;
    golden('history', historyCard({ items, records, older: 'history --before R-40' }, NOW, words));
    golden('history-with-disasters', historyCard({ items: items.slice(0, 1), records: [], disasters }, NOW, words));
    const page = { items, records: [], disasters, older: 'history --before R-40' };
    expect(historyCard(page, NOW, words).lines).toHaveLength(3);
    golden('history-of-service', historyCard({ items, records: [], service: 'redis' }, NOW, words));
  });
  test('no plan, with what to add', () => {
    const remedies = {
      strategies: ['restart'],
      match: '{ services: [shop] }',
      setting: 'recovery_strategies: [restart]',
      command: 'reviver runbook new shop_down --service shop --action restart_service',
    };
    golden('no-plan', noPlanCard({ kind: 'no_plan', service: 'shop', runtime: 'docker', remedies }, words));
  });
  test('form', () => golden('form', formCard(createFakeEngine().services(), words)));
  test('dry run, which can be recovered but not approved', () => {
    const card = dryRunCard(plan(), ['would stop pid 4711', 'replace 1,250 keys by 1,204'], 'redis', words);
    expect(card.buttons.map(({ label }) => label)).toEqual(['Recover']);
    golden('dry-run', card);
  });
  test('refusal', () => {
    const wayOut = [{ label: 'Recover redis', command: 'redis' }];
    golden('refusal', refusalCard(words.mistakes.unknownTarget('rediss', ['redis']), wayOut));
  });
});
