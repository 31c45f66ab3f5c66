import { describe, expect, test } from '@jest/globals';
import { dedupKey, escalationOfKey } from '../../../../src/engine/escalation/dedup-key.js';
import type { Contacts, Stage } from '../../../../src/engine/escalation/escalation.js';
import { dueAfterMs, hurryTo, stagesOf, tellingOf } from '../../../../src/engine/escalation/policy.js';

const NOBODY: Contacts = { pagerduty: [], email: [], sms: [], webhook: [] };
const CHAT: Stage = { afterMs: 0, notify: ['chat'] };
const PAGER: Stage = { afterMs: 300_000, notify: ['pagerduty'] };
const MAIL: Stage = { afterMs: 900_000, notify: ['email', 'sms'] };

describe('the levels of a policy', () => {
  test('without a policy are chat, and whatever is set up', () => {
    expect(stagesOf('default', {}, NOBODY)).toEqual([CHAT]);
    expect(stagesOf('default', {}, { ...NOBODY, sms: ['+1'] })).toEqual([CHAT, { afterMs: 900_000, notify: ['sms'] }]);
  });

  test('of a policy that is gone from the configuration are those of the default', () => {
    expect(stagesOf('gone', { default: [PAGER] }, NOBODY)).toEqual([PAGER]);
    expect(stagesOf('constructor', { default: [PAGER] }, NOBODY)).toEqual([PAGER]);
  });

  test('are told to every contact, and name the pagers that reach nobody', () => {
    expect(tellingOf(MAIL, 2, { ...NOBODY, email: ['a@x', 'b@x'] })).toEqual({
      chat: false,
      pages: [
        { level: 2, channel: 'email', target: 'a@x' },
        { level: 2, channel: 'email', target: 'b@x' },
      ],
      missing: ['sms'],
    });
  });

  test.each([
    [0, 2],
    [1, 2],
    [2, 3],
    [3, 3],
  ])('a reason that cannot wait, with %s of them told, goes on to %s: out of chat, and at least one', (level, to) => {
    expect(hurryTo([CHAT, PAGER, MAIL], level)).toBe(to);
  });

  test('are due after their delay, at once where they are not to wait, and never after the last', () => {
    expect(dueAfterMs([CHAT, PAGER], 1, 0)).toBe(300_000);
    expect(dueAfterMs([CHAT, PAGER], 1, 2)).toBe(0);
    expect(dueAfterMs([CHAT, PAGER], 2, 9)).toBeNull();
  });
});

test('a pager names an escalation by a key that only its own installation knows', () => {
  expect(escalationOfKey(dedupKey('home', 5), 'home')).toBe(5);
  expect(escalationOfKey(dedupKey('home', 5), 'elsewhere')).toBeUndefined();
  expect(escalationOfKey('their own key', 'home')).toBeUndefined();
});
