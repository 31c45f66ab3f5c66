import { expect, test } from '@jest/globals';
import { figures, report } from '../../../../src/app/disaster/report.js';
import { unbegun } from '../../../../src/engine/recovery/unbegun.js';
import { aPlan, at } from '../../../support/builders.js';

const story = (over: object = {}, recovery: object = {}) => {
  const { recovery: fresh, steps } = unbegun(aPlan(), { by: 'root', at: at(0) });
  return {
    id: '20261122T030000-ab12',
    snapshot: { recovery: { ...fresh, state: 'SUCCEEDED' as const, endedAt: at(600_000), ...recovery }, steps },
    events: [
      { kind: 'step.failed', actor: 'reviver', at: at(5), data: { name: 'Start | it', message: '<b>no\nroom</b>' } },
    ],
    ...over,
  };
};

test('times are measured from the last write; what is over its target says so', () => {
  expect(figures(story({ lastWrittenAt: at(-60_000), backToAt: at(-90_000) }))).toEqual({
    rtoMs: 660_000,
    rpoMs: 30_000,
  });
  const text = report('redis', story({ lastWrittenAt: at(-60_000), backToAt: at(-460_000) }));
  expect(text).toMatch(/RTO .* 10 min \| 11 min \| MISSED/);
  expect(text).toMatch(/RPO .* 5 min \| \d+ min \| MISSED/);
});

test('what is not known is not made up', () => {
  expect(figures(story({}, { endedAt: null }))).toEqual({});
  expect(report('server', story())).toMatch(/RPO .* \| not known \| fill in by hand \|/);
});

test('what programs print cannot break the page, and secrets are not in it', () => {
  const text = report(
    'postgres',
    story({
      events: [
        {
          kind: 'step.failed',
          actor: 'r',
          at: at(5),
          data: { name: 'a | b', message: '<b>x\ny postgresql://u:hunter2@h/d' },
        },
      ],
    }),
  );
  expect(text).toContain('step.failed, a \\| b: &lt;b>x y');
  expect(text).not.toContain('hunter2');
});

test('the checklist of the plan is at its end', () => {
  expect(
    report('postgres', story())
      .split('\n')
      .filter((line) => line.startsWith('- [ ]')).length,
  ).toBeGreaterThanOrEqual(4);
});
