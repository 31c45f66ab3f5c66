import { describe, expect, test } from '@jest/globals';
import { type IncidentContext, incidentCard } from '../../../../src/bot/cards/incident-card.js';
import { dryRunCard, formCard, historyCard, listCard, refusalCard } from '../../../../src/bot/cards/notice-card.js';
import { statusCard } from '../../../../src/bot/cards/status-card.js';
import { renderCard } from '../../../../src/bot/terminal/render-card.js';
import type { Incident, Status } from '../../../../src/engine/engine.js';
import { createFakeEngine } from '../../../support/fake-engine.js';
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

const POSTS: Record<string, [Partial<Incident>, Partial<IncidentContext>]> = {
  firing: [{}, { remedy: plan() }],
  acknowledged: [{ state: 'acknowledged', acknowledgedBy: 'Ann', count: 1 }, {}],
  recovering: [{ recoveryId: 41 }, { recovery: recoveryView() }],
  'not-helped': [
    {},
    { recovery: recoveryView({ recovery: { state: 'FAILED', outcome: { code: 'x', message: 'no backup' } } }) },
  ],
  recovered: [{ state: 'resolved', resolvedAt: NOW }, { recovery: succeeded }],
  'resolved-by-itself': [{ state: 'resolved', resolvedAt: NOW }, {}],
};

const STATUS: Status = {
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
  workers: [],
  redis: 'down',
  postgres: 'ok',
};

const plain = { colour: false, width: 110 };

describe('the post of an incident', () => {
  test.each(Object.keys(POSTS))('%s reads as in its golden file', (name) => {
    const [incident = {}, context = {}] = POSTS[name] ?? [];
    expectGolden(
      `incident-${name}`,
      renderCard(incidentCard({ ...INCIDENT, ...incident }, { now: NOW, ...context }), plain),
    );
  });

  test('Silence is not offered', () => {
    const labels = incidentCard(INCIDENT, { now: NOW, remedy: plan() }).buttons.map(({ label }) => label);
    expect(labels).toEqual(['Recover', 'Details', 'Acknowledge']);
  });
});

describe('private cards', () => {
  test('status', () => expectGolden('status', renderCard(statusCard(STATUS, NOW), plain)));
  test('list', () =>
    expectGolden('list', renderCard(listCard(STATUS.services, createFakeEngine().runbooks(), NOW), plain)));
  test('history', () => expectGolden('history', renderCard(historyCard([succeeded]), plain)));
  test('form', () => expectGolden('form', renderCard(formCard(createFakeEngine().services()), plain)));
  test('refusal', () => {
    const card = refusalCard('No service or runbook "rediss". Did you mean redis?', [
      { label: 'Recover redis', command: 'redis' },
    ]);
    expectGolden('refusal', renderCard(card, plain));
  });
  test('dry run, which can be recovered but not approved', () => {
    const card = dryRunCard(plan(), ['would stop pid 4711', 'replace 1,250 keys by 1,204'], 'redis');
    expect(card.buttons.map(({ label }) => label)).toEqual(['Recover']);
    expectGolden('dry-run', renderCard(card, plain));
  });
});
