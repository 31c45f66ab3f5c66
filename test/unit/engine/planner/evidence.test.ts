import { describe, expect, test } from '@jest/globals';
import { describeEvidence, evidenceFor, type PastOutcome, trustIn } from '../../../../src/engine/planner/evidence.js';
import { at, T0 } from '../../../support/builders.js';

const DAY = 86_400_000;

function outcome(id: number, succeeded: boolean, over: Partial<PastOutcome> = {}): PastOutcome {
  return { id, kind: 'runbook', name: 'redis_outage', succeeded, activeMs: 12_000, endedAt: at(-DAY), ...over };
}
const evidence = (past: PastOutcome[]) => evidenceFor('runbook', 'redis_outage', past, T0);
const said = (past: PastOutcome[]) => describeEvidence(evidence(past), 'redis');

describe('the plan says why', () => {
  test('with how often it worked, how long it takes, and the last one', () => {
    const past = Array.from({ length: 10 }, (_, index) => outcome(24 + index, index !== 3));
    expect(said(past)).toBe('worked 9 of 10 times for redis, median 12.0 s, last R-33');
  });

  test.each<[string, PastOutcome[], string]>([
    ['nothing yet', [], 'no history for redis yet'],
    ['one success', [outcome(33, true)], 'worked the one time it was tried for redis, median 12.0 s, last R-33'],
    ['one failure', [outcome(33, false)], 'failed the one time it was tried for redis, last R-33'],
    ['failures only', [outcome(33, false), outcome(34, false)], 'worked 0 of 2 times for redis, last R-34'],
  ])('%s', (_, past, sentence) => expect(said(past)).toBe(sentence));
});

test('only what the very same runbook or strategy did counts', () => {
  const past = [outcome(1, true), outcome(2, true, { name: 'other' }), outcome(3, true, { kind: 'strategy' })];
  expect(evidence(past)).toMatchObject({ successes: 1, failures: 0, last: { id: 1 } });
});

test('the median is that of the successes: how long a failure took promises nothing', () => {
  const took = (id: number, activeMs: number, succeeded = true) => outcome(id, succeeded, { activeMs });
  expect(evidence([took(1, 30_000), took(2, 10_000), took(3, 20_000), took(4, 1, false)]).medianMs).toBe(20_000);
  expect(evidence([took(1, 1, false)]).medianMs).toBeUndefined();
});

describe('the posterior', () => {
  test('is one half when nothing is known', () => expect(evidence([]).posterior).toBe(0.5));

  test('lies strictly between never and always, whatever was seen', () => {
    const many = (succeeded: boolean) =>
      Array.from({ length: 300 }, (_, id) => outcome(id, succeeded, { endedAt: T0 }));
    const rates = [evidence(many(true)).posterior, evidence(many(false)).posterior];
    expect(rates[0]).toBeCloseTo(1 - (rates[1] ?? 0));
    expect(rates[0]).toBeGreaterThan(0.8);
    expect(rates[0]).toBeLessThan(1);
  });

  test('weighs what is two months old half', () => {
    const old = [outcome(1, true, { endedAt: at(-60 * DAY) })];
    expect(evidence(old).posterior).toBeCloseTo((1 + 0.5) / (2 + 0.5));
  });

  test('prefers what works lately to what used to work', () => {
    const failsLately = [outcome(1, true, { endedAt: at(-200 * DAY) }), outcome(2, false)];
    const worksLately = [outcome(1, false, { endedAt: at(-200 * DAY) }), outcome(2, true)];
    expect(evidence(worksLately).posterior).toBeGreaterThan(evidence(failsLately).posterior);
  });
});

describe('contradicting evidence', () => {
  const DAYS_AGO = (days: number) => at(-days * DAY);
  const elsewhere = (id: number, succeeded: boolean, days = 1) => ({
    ...outcome(id, succeeded, { endedAt: DAYS_AGO(days), service: 'other' }),
    own: false,
    likeness: 1,
  });
  const here = (id: number, succeeded: boolean, days = 1, likeness = 1) => ({
    ...outcome(id, succeeded, { endedAt: DAYS_AGO(days) }),
    own: true,
    likeness,
  });
  const posterior = (past: (PastOutcome & { own: boolean; likeness: number })[]) =>
    evidenceFor('runbook', 'redis_outage', past, T0, { mean: 0.6, strength: 2 }, trustIn(past, T0)).posterior;
  const many = (count: number, make: (id: number) => ReturnType<typeof here>) =>
    Array.from({ length: count }, (_, index) => make(index + 1));

  test('works on other services, and nothing is known of this one: it is expected to work', () => {
    expect(posterior(many(8, (id) => elsewhere(id, true)))).toBeGreaterThan(0.8);
  });

  test('works on other services and fails on this one: after three failures it is not expected to work', () => {
    const works = many(8, (id) => elsewhere(id, true, 3));
    expect(posterior([...works, ...many(3, (id) => here(100 + id, false))])).toBeLessThan(0.5);
  });

  test('fails on other services and works on this one: it is expected to work', () => {
    const fails = many(8, (id) => elsewhere(id, false, 3));
    expect(posterior([...fails, ...many(3, (id) => here(100 + id, true))])).toBeGreaterThan(0.5);
  });

  test('worked often, long ago and lately, and failed the last three times: it is not expected to work', () => {
    const worked = many(20, (id) => here(id, true, 40 - id));
    expect(posterior(worked)).toBeGreaterThan(0.8);
    expect(posterior([...worked, ...many(3, (id) => here(100 + id, false, 4 - id))])).toBeLessThan(0.55);
  });

  test('works in other incidents of this service: that outweighs no failure in one like this', () => {
    const other = many(30, (id) => here(id, true, 2, 0.1));
    expect(posterior([...other, here(100, false)])).toBeLessThan(0.5);
  });

  test('people who say that it did not help make a success a half', () => {
    const rated = { ...here(1, true), ratings: { helped: 0, not: 2 } };
    expect(posterior([rated])).toBeLessThan(posterior([here(1, true)]));
  });
});
