import { describe, expect, test } from '@jest/globals';
import { type Evidence, evidenceFor, type PastOutcome } from '../../../../src/engine/planner/evidence.js';
import { ranked, type Standing, whyNot } from '../../../../src/engine/planner/ranking.js';
import { at, T0 } from '../../../support/builders.js';

const outcome = (id: number, name: string, succeeded: boolean): PastOutcome => ({
  id,
  kind: 'runbook',
  name,
  succeeded,
  activeMs: 10_000,
  endedAt: at(-id),
});
const evidence = (name: string, ...ends: boolean[]): Evidence =>
  evidenceFor(
    'runbook',
    name,
    ends.map((succeeded, id) => outcome(id + 1, name, succeeded)),
    T0,
  );
const standing = (name: string, over: Partial<Standing> = {}): Standing => ({
  kind: 'runbook',
  name,
  relevance: 0.5,
  risk: 0.2,
  evidence: evidence(name),
  ...over,
});
const names = (standings: Standing[]) => ranked(standings).map(({ name }) => name);

describe('first is', () => {
  test('the one that comes first in the configuration, where all else is equal', () => {
    expect(names([standing('b'), standing('a')])).toEqual(['b', 'a']);
  });

  test('what fits better', () => expect(names([standing('a'), standing('b', { relevance: 0.8 })])[0]).toBe('b'));

  test('what worked, before what fits a little better', () => {
    const works = standing('b', { evidence: evidence('b', true, true, true), relevance: 0.45 });
    expect(names([standing('a'), works])[0]).toBe('b');
  });

  test('the less risky of two equals', () => expect(names([standing('a', { risk: 0.7 }), standing('b')])[0]).toBe('b'));

  test('a runbook before a strategy, whatever either did', () => {
    const strategy = standing('restart', { kind: 'strategy', relevance: 1, evidence: evidence('restart', true, true) });
    expect(names([strategy, standing('a', { evidence: evidence('a', false) })])[0]).toBe('a');
  });
});

test.each<[string, Partial<Standing>, Partial<Standing>]>([
  ['failed the last 2 times, last R-1', { evidence: evidence('other', false, false) }, {}],
  ['a runbook that fits goes before a strategy', { kind: 'strategy' }, {}],
  ['as good, and later in the configuration', {}, {}],
  ['chosen fits the incident better', { relevance: 0.2 }, {}],
  [
    'worked less often in incidents like this one',
    { evidence: { ...evidence('other', true, true), posterior: 0.4 } },
    { evidence: evidence('chosen', true, true) },
  ],
  [
    'worked less often: 1 of 2',
    { evidence: evidence('other', true, false) },
    { evidence: evidence('chosen', true, true) },
  ],
  ['not tried yet, and chosen worked', {}, { evidence: evidence('chosen', true) }],
  ['riskier than chosen', { risk: 0.9 }, {}],
  [
    'worked in other incidents alone',
    { evidence: { ...evidence('other', true), otherIncidents: true, posterior: 0.5 } },
    { evidence: evidence('chosen', true, true) },
  ],
])('why not: %s', (words, other, chosen) => {
  expect(whyNot(standing('other', other), standing('chosen', chosen))).toBe(words);
});
