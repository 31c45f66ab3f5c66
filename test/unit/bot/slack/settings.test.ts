import { expect, test } from '@jest/globals';
import { TUNING } from '../../../../src/bot/slack/settings.js';

test('the waits of Slack are those that its limits, and people, ask for', () => {
  expect(TUNING.minuteMs).toBe(60_000);
  // One edit of a message in 2 to 3 s: ten recoveries then share the 50 a minute of a workspace.
  expect(TUNING.editIntervalMs).toBeGreaterThanOrEqual(2_000);
  expect(TUNING.editIntervalMs).toBeLessThanOrEqual(3_000);
  // By default the library waits without end, and after a long outage minutes until its next attempt.
  expect(TUNING.callTimeoutMs).toBeLessThanOrEqual(10_000);
  expect(TUNING.longestRetryMs).toBeLessThanOrEqual(15_000);
  // A pong that is late by 5 s may be our own busy moment; a minute without ears is none.
  expect(TUNING.pingTimeoutMs).toBeGreaterThan(5_000);
  expect(TUNING.patienceMs).toBeLessThanOrEqual(60_000);
});
