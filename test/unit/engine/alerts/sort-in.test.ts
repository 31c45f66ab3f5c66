import { describe, expect, test } from '@jest/globals';
import type { Alert, Known, KnownAlert, KnownIncident } from '../../../../src/engine/alerts/alert.js';
import { LATE_MS, QUIET_MS, sortIn as sort } from '../../../../src/engine/alerts/sort-in.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const ago = (ms: number) => new Date(+NOW - ms);

const alert = (over: Partial<Alert> = {}): Alert => ({
  source: 'alertmanager',
  fingerprint: 'a',
  group: 'g1',
  name: 'RedisDown',
  service: 'redis',
  about: null,
  labels: {},
  says: 'no PONG',
  severity: 0.8,
  status: 'firing',
  startsAt: ago(60_000),
  endsAt: null,
  ...over,
});

const knownAlert = (over: Partial<KnownAlert> = {}): KnownAlert => ({
  source: 'alertmanager',
  fingerprint: 'a',
  state: 'firing',
  startsAt: ago(60_000),
  endTold: null,
  incident: 7,
  ...over,
});

const incident = (over: Partial<KnownIncident> = {}): KnownIncident => ({
  ...{
    id: 7,
    fingerprint: 'g1',
    service: 'redis',
    state: 'open',
    resolvedAt: null,
    firing: 1,
    own: [],
    silenced: false,
  },
  ...over,
});

const sortIn = (batch: Alert[], known: Omit<Known, 'silenced'>, now: Date, silenced: string[] = []) =>
  sort(batch, { ...known, silenced }, now);

const nothing = { alerts: [], incidents: [] };
const resolved = (over: Partial<Alert> = {}) => alert({ status: 'resolved', endsAt: NOW, ...over });

describe('an alert that is new', () => {
  test('opens an incident of its group, one for all of a batch', () => {
    const { taken, opened, rows } = sortIn(
      [alert(), alert({ fingerprint: 'b', severity: 1 }), alert({ fingerprint: 'c', group: 'g2' })],
      nothing,
      NOW,
    );
    expect(taken).toEqual(['new', 'new', 'new']);
    expect(opened).toMatchObject([
      { group: 'g1', alerts: 2, firing: 2, severity: 1 },
      { group: 'g2', alerts: 1, firing: 1, severity: 0.8 },
    ]);
    expect(rows.map((row) => row.opened)).toEqual([0, 0, 1]);
  });

  test('joins the open incident of its group', () => {
    const { opened, changed } = sortIn([alert({ fingerprint: 'b' })], { alerts: [], incidents: [incident()] }, NOW);
    expect(opened).toEqual([]);
    expect(changed).toMatchObject([{ id: 7, alerts: 1, firing: 2, resolved: false }]);
  });

  test('joins what Reviver itself has found about its service', () => {
    const own = incident({ fingerprint: 'health:redis', own: ['health:redis'], firing: 0 });
    const { opened, changed, rows } = sortIn([alert()], { alerts: [], incidents: [own] }, NOW);
    expect(opened).toEqual([]);
    expect(changed).toMatchObject([{ id: 7, alerts: 1, firing: 1, first: { name: 'RedisDown' } }]);
    expect(rows).toMatchObject([{ incident: 7, opened: null }]);
  });

  test.each<[string, Partial<KnownIncident>]>([
    ['that somebody has silenced', { silenced: true }],
    ['of another service', { service: 'web' }],
    ['that is over', { state: 'resolved', resolvedAt: NOW }],
  ])('joins none %s', (_, over) => {
    const own = incident({ fingerprint: 'health:redis', own: ['health:redis'], ...over });
    expect(sortIn([alert()], { alerts: [], incidents: [own] }, NOW).opened).toHaveLength(1);
  });

  test('joins what is silenced only when nobody wants to hear of it either', () => {
    const own = incident({ fingerprint: 'health:redis', own: ['health:redis'], silenced: true });
    expect(sortIn([alert()], { alerts: [], incidents: [own] }, NOW, ['g1']).opened).toEqual([]);
  });

  test('and resolved already is kept, and shown to nobody', () => {
    const { taken, opened, changed, rows } = sortIn([resolved()], nothing, NOW);
    expect([taken, opened, changed]).toEqual([['ended'], [], []]);
    expect(rows).toMatchObject([{ state: 'resolved', incident: null, opened: null, anew: true }]);
  });
});

describe('an alert that is told again', () => {
  const known = { alerts: [knownAlert()], incidents: [incident()] };

  test('by another replica, or after the repeat interval, changes nothing but its count', () => {
    const { taken, changed, rows } = sortIn([alert(), alert()], known, NOW);
    expect([taken, changed]).toEqual([['again', 'again'], []]);
    expect(rows).toMatchObject([{ times: 2, incident: 7 }]);
  });

  test('flaps: a later start while it fires is the same incident', () => {
    expect(sortIn([alert({ startsAt: NOW })], known, NOW).taken).toEqual(['again']);
  });

  test('right after a recovery has ended its incident is no news; long after it is', () => {
    const over = (ms: number) => incident({ state: 'resolved', resolvedAt: ago(ms) });
    expect(sortIn([alert()], { ...known, incidents: [over(QUIET_MS - 1)] }, NOW)).toMatchObject({
      taken: ['again'],
      opened: [],
    });
    expect(sortIn([alert()], { ...known, incidents: [over(QUIET_MS)] }, NOW)).toMatchObject({
      taken: ['new'],
      opened: [{ group: 'g1', firing: 1 }],
    });
  });
});

describe('an alert that ends', () => {
  test('closes its incident when it was the last one', () => {
    const known = {
      alerts: [knownAlert(), knownAlert({ fingerprint: 'b' })],
      incidents: [incident({ firing: 2 })],
    };
    expect(sortIn([resolved()], known, NOW).changed).toMatchObject([{ firing: 1, resolved: false }]);
    expect(sortIn([resolved(), resolved({ fingerprint: 'b' })], known, NOW).changed).toMatchObject([
      { firing: 0, resolved: true },
    ]);
  });

  test('leaves it open while Reviver itself finds it ill', () => {
    const known = { alerts: [knownAlert()], incidents: [incident({ own: ['health:redis'] })] };
    expect(sortIn([resolved()], known, NOW).changed).toMatchObject([{ firing: 0, resolved: false }]);
  });

  test('twice has ended once', () => {
    const known = {
      alerts: [knownAlert({ state: 'resolved', endTold: ago(1_000) })],
      incidents: [incident({ firing: 0 })],
    };
    expect(sortIn([resolved()], known, NOW)).toMatchObject({ taken: ['again'], changed: [] });
  });

  test('of what is not in a truncated body is not inferred', () => {
    const known = { alerts: [knownAlert(), knownAlert({ fingerprint: 'b' })], incidents: [incident({ firing: 2 })] };
    expect(sortIn([alert()], known, NOW).changed).toEqual([]);
  });
});

describe('words that come in another order than they were said', () => {
  const ended = {
    alerts: [knownAlert({ state: 'resolved', endTold: ago(1_000) })],
    incidents: [incident({ state: 'resolved', resolvedAt: ago(1_000), firing: 0 })],
  };

  test('firing after the end of the same episode is late', () => {
    expect(sortIn([alert()], ended, NOW)).toMatchObject({ taken: ['late'], opened: [], changed: [] });
  });

  test('in one batch, too', () => {
    expect(sortIn([resolved(), alert()], nothing, NOW)).toMatchObject({ taken: ['ended', 'late'], opened: [] });
  });

  test('firing with a later start is an episode of its own', () => {
    expect(sortIn([alert({ startsAt: NOW })], ended, NOW)).toMatchObject({ taken: ['new'], opened: [{ firing: 1 }] });
  });

  test('the end of an earlier episode does not end this one', () => {
    const known = { alerts: [knownAlert({ startsAt: NOW })], incidents: [incident()] };
    expect(sortIn([resolved()], known, NOW)).toMatchObject({ taken: ['late'], changed: [] });
  });

  test('firing long after the end was told means what it says', () => {
    const known = { ...ended, alerts: [knownAlert({ state: 'resolved', endTold: ago(LATE_MS) })] };
    expect(sortIn([alert()], known, NOW).taken).toEqual(['new']);
  });
});

test('one that flaps within its open incident is no further alert', () => {
  const known = {
    alerts: [knownAlert({ state: 'resolved', endTold: ago(1_000) }), knownAlert({ fingerprint: 'b' })],
    incidents: [incident({ firing: 1 })],
  };
  expect(sortIn([alert({ startsAt: NOW })], known, NOW).changed).toMatchObject([{ alerts: 0, firing: 2 }]);
});

test('an incident that opens and ends within a batch is nobody’s', () => {
  const { opened } = sortIn([alert(), resolved()], nothing, NOW);
  expect(opened).toMatchObject([{ alerts: 1, firing: 0 }]);
});
