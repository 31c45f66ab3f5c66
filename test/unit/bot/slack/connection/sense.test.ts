import { describe, expect, test } from '@jest/globals';
import { redact } from '../../../../../src/bot/slack/connection/redact.js';
import { createSense } from '../../../../../src/bot/slack/connection/sense.js';

describe('a sense', () => {
  test('is missing until it was there once, bears a short loss, and says since when and why', () => {
    let now = 0;
    const sense = createSense('hears', 30_000, () => now);
    expect(sense.state()).toEqual({ ok: false, detail: 'hears not for 0 s: not started' });
    sense.well();
    now = 5_000;
    expect(sense.state()).toEqual({ ok: true, detail: 'hears for 5 s' });
    sense.lost('the socket was closed');
    now = 15_000;
    sense.lost('no network');
    expect(sense.state()).toEqual({ ok: true, detail: 'hears not for 10 s: no network' });
    now = 35_000;
    expect(sense.state().ok).toBe(false);
    sense.well();
    expect(sense.state()).toEqual({ ok: true, detail: 'hears for 0 s' });
  });
});

describe('what is logged', () => {
  test.each([
    'xoxb-1-2-abc',
    'xapp-1-A0-9-abc',
    'wss://wss-primary.slack.com/link/?ticket=abc&app_id=1',
    'https://hooks.slack.com/commands/T1/2/abc',
    '{"trigger_id":"1.2.abc","response_url":"https://hooks.slack.com/actions/abc"}',
    'trigger_id=1.2.abc&x=1',
  ])('has nothing of %s', (secret) => {
    expect(redact(`before ${secret} after`)).not.toContain('abc');
    expect(redact(`before ${secret} after`)).toMatch(/^before .* after$/);
  });
});
