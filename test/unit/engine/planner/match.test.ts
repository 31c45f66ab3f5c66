import { describe, expect, test } from '@jest/globals';
import { NOTHING_KNOWN } from '../../../../src/engine/knowledge/look.js';
import { matchOf } from '../../../../src/engine/planner/match.js';
import { runbookSchema } from '../../../../src/engine/planner/runbook.js';
import { aService } from '../../../support/builders.js';

const redis = aService('redis');
const web = aService('web');
const runbook = (id: string, match: object = {}) => runbookSchema.parse({ id, match, steps: ['notify: x'] });
const about = (text: string, service = web, over: object = {}) => ({
  service,
  text,
  alerts: [],
  known: NOTHING_KNOWN,
  ...over,
});
const written = (id: string, score: number) => ({
  known: { ...NOTHING_KNOWN, written: new Map([[`runbook:${id}`, score]]) },
});

describe('a runbook fits', () => {
  test('the services that it names, whatever the incident is', () => {
    expect(matchOf(runbook('a', { services: ['web'] }), about(''))).toMatchObject({ fits: true, declared: true });
  });

  test('the service that its id names, when it says nothing else', () => {
    expect(matchOf(runbook('redis_outage'), about('', redis))).toMatchObject({ fits: true, declared: true });
    expect(matchOf(runbook('redis_outage'), about('', web)).fits).toBe(false);
  });

  test.each([
    ['HostHighCpuLoad', true],
    ['HostOther', false],
  ])('the alert %s: %s', (alert, fits) => {
    const match = matchOf(runbook('a', { alerts: ['HostHigh*'] }), about('', web, { alerts: [alert] }));
    expect(match.fits).toBe(fits);
    if (fits) expect(match.because).toBe('is for the alert HostHighCpuLoad');
  });

  test('a symptom that stands in the incident, however it is written', () => {
    const full = runbook('a', { symptoms: ['No space left on device'] });
    expect(matchOf(full, about('write: NO SPACE left on device!'))).toMatchObject({
      fits: true,
      because: 'is for “No space left on device”',
    });
    expect(matchOf(full, about('space left'))).toMatchObject({ fits: false, because: 'fits the incident too little' });
  });

  test('what is written about it, when enough of it does', () => {
    expect(matchOf(runbook('a'), about('x', web, written('a', 5))).fits).toBe(true);
    expect(matchOf(runbook('a'), about('x', web, written('a', 2))).fits).toBe(false);
  });
});

describe('a runbook does not fit', () => {
  test('a service of another kind, however much it is spoken of', () => {
    const match = matchOf(runbook('redis_down'), about('redis is down', web, written('redis_down', 9)));
    expect(match).toMatchObject({ fits: false, because: 'it is for redis' });
  });

  test('a service that it does not name, when it names others', () => {
    const match = matchOf(runbook('a', { services: ['shop'] }), about('x', web, written('a', 9)));
    expect(match).toMatchObject({ fits: false, because: 'it is for shop' });
  });

  test('less than another that says more: relevance grows with what speaks for it', () => {
    const service = matchOf(runbook('a', { services: ['web'] }), about('')).relevance;
    const alert = matchOf(runbook('a', { alerts: ['WebDown'] }), about('', web, { alerts: ['WebDown'] })).relevance;
    expect(alert).toBeGreaterThan(service);
  });
});
