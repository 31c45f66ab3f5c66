import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../../../../support/fuzz.js';
import { STEP_SIGNS, TONE_SIGNS } from '../../../../../src/bot/cards/signs.js';
import { loginProblem } from '../../../../../src/bot/console/page/model/login-problem.js';
import { type Card as PageCard, STEP_ICONS, TONES } from '../../../../../src/bot/console/page/model/message.js';
import { backoffMs } from '../../../../../src/bot/console/page/net/backoff.js';
import { readCatalog } from '../../../../../src/bot/console/page/net/catalog.js';
import { readCard, readEvent, readMessage } from '../../../../../src/bot/console/page/net/wire.js';
import type { Card } from '../../../../../src/bot/port.js';
import { CATALOG } from './builders.js';

const CARD: Required<Card> = {
  tone: 'waiting',
  title: 'R-1 · redis',
  lines: ['one'],
  author: 'Ann',
  steps: [{ number: 1, icon: 'gate', text: 'Stop redis', note: 'needs approval' }],
  footer: ['plan 7f3a·91c2'],
  buttons: [{ label: 'Approve', command: 'approve R-1', style: 'primary', confirm: 'Really?' }],
};
const MESSAGE = {
  id: '12',
  channel: 'incidents',
  thread: null,
  author: 'Reviver',
  card: CARD,
  version: 7,
  created_at: '2026-11-22T04:15:00.000Z',
  edited_at: null,
};

describe('what the server sends', () => {
  test('is read whole: every field of a card of the port', () => {
    const card: PageCard | undefined = readCard(CARD);
    expect(card).toEqual(CARD);
    expect(readMessage(MESSAGE)).toEqual({
      id: '12',
      channel: 'incidents',
      thread: null,
      author: 'Reviver',
      card: CARD,
      version: 7,
      createdAt: Date.parse(MESSAGE.created_at),
      editedAt: null,
    });
  });

  test('may have fields, states and steps that this page does not know yet', () => {
    const later = { ...CARD, tone: 'glowing', extra: 1, steps: [{ icon: 'dancing', text: 'x' }, { icon: 'done' }] };
    expect(readCard(later)).toMatchObject({ tone: 'neutral', steps: [{ icon: 'pending', text: 'x' }] });
    expect(readEvent({ type: 'later', message: MESSAGE })).toBeUndefined();
  });

  test('may be anything, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        readEvent(raw);
        readEvent({ type: 'message', message: raw });
        expect(readCatalog(raw)).toMatchObject({ commands: expect.any(Array), services: expect.any(Array) });
      }),
    );
  });

  test('tells what can be typed', () => {
    expect(readCatalog(JSON.parse(JSON.stringify(CATALOG)))).toEqual(CATALOG);
  });
});

describe('a token that is not taken', () => {
  test.each([
    [{ status: 401, reason: 'expired' }, { kind: 'expired' }],
    [{ status: 401, reason: 'unknown' }, { kind: 'unknown' }],
    [{ status: 401 }, { kind: 'unknown' }],
    [{ status: 429 }, { kind: 'too_many' }],
    [{ status: 0 }, { kind: 'unreachable' }],
    [{ status: 503 }, { kind: 'unreachable' }],
    [
      { status: 403, message: 'The console is for people' },
      { kind: 'said', text: 'The console is for people' },
    ],
  ])('after %j the reason is %j', (refused, problem) => {
    expect(loginProblem(refused)).toEqual(problem);
  });
});

describe('the pause before the next try', () => {
  test('grows to 15 s, and is never the same for all', () => {
    expect([0, 1, 2, 3, 9].map((failures) => backoffMs(failures, 0.99999))).toEqual([500, 1_000, 2_000, 4_000, 15_000]);
    expect(backoffMs(9, 0)).toBe(7_500);
  });
});

test('the page, which is built by itself, knows every tone and every step of the cards that others make', () => {
  expect([...TONES].sort()).toEqual(Object.keys(TONE_SIGNS).sort());
  expect([...STEP_ICONS].sort()).toEqual(Object.keys(STEP_SIGNS).sort());
  const shown: PageCard = { tone: 'good', title: 'x', lines: [], steps: [], footer: [], buttons: [] };
  const card: Card = shown;
  expect(card).toBe(shown);
});
