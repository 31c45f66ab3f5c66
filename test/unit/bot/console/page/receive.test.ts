import { describe, expect, test } from '@jest/globals';
import { failed, pressed, released } from '../../../../../src/bot/console/page/model/acting.js';
import { goTo, scrolled } from '../../../../../src/bot/console/page/model/go.js';
import {
  linkLine,
  read,
  received,
  replied,
  seenUpTo,
  startOver,
  topLevel,
} from '../../../../../src/bot/console/page/model/receive.js';
import { aCard, aMessage, NOW, stateAfter } from './builders.js';

const titles = (state: ReturnType<typeof stateAfter>) => topLevel(state.messages, 'incidents').map(({ id }) => id);

describe('what arrives', () => {
  test('is shown in the order of its ids, however it came', () => {
    expect(
      titles(stateAfter(received(aMessage('10', 3)), received(aMessage('9', 2)), received(aMessage('2', 1)))),
    ).toEqual(['2', '9', '10']);
  });

  test('twice, or older than what is known, changes nothing', () => {
    const state = stateAfter(received(aMessage('1', 5, { card: aCard({ title: 'new' }) })));
    expect(received(aMessage('1', 5))(state)).toBe(state);
    expect(received(aMessage('1', 4))(state)).toBe(state);
    expect(read([aMessage('1', 4)], 'incidents')(state).messages.get('1')?.card.title).toBe('new');
  });

  test('in another channel is counted until that channel is opened', () => {
    const state = stateAfter(
      received(aMessage('1', 1, { channel: 'ops' })),
      received(aMessage('2', 2, { channel: 'ops' })),
    );
    expect(state.unread.get('ops')).toBe(2);
    expect(goTo('ops')(state).unread.get('ops')).toBeUndefined();
  });

  test('below what is in sight is counted; an edit is no new message', () => {
    const state = stateAfter(
      scrolled(false),
      received(aMessage('1', 1)),
      received(aMessage('1', 2)),
      received(aMessage('2', 3)),
    );
    expect(state.below).toBe(2);
  });

  test('is read aloud when it is new or in another state, not at each step of progress', () => {
    const running = (title: string, version: number) =>
      received(aMessage('1', version, { card: aCard({ tone: 'running', title }) }));
    const state = stateAfter(running('step 1', 1), running('step 2', 2));
    expect(state.announcement).toBe('Reviver: step 1');
    const ended = received(aMessage('1', 3, { card: aCard({ tone: 'good', title: 'recovered' }) }))(state);
    expect(ended.announcement).toBe('Reviver: recovered');
  });

  test('raises the version from which the stream goes on, and never lowers it', () => {
    expect(stateAfter(seenUpTo(7), seenUpTo(3)).cursor).toBe(7);
  });

  test('from a server with other data replaces all that was shown', () => {
    const state = stateAfter(received(aMessage('1', 9)), seenUpTo(9), startOver(2));
    expect([state.messages.size, state.cursor]).toEqual([0, 2]);
  });

  test('privately is shown once, though it comes over two ways', () => {
    const reply = { id: 'p', card: aCard({ title: 'only you' }) };
    const place = { channel: 'incidents', thread: null };
    const state = stateAfter(replied(reply, { ...place, after: null }), replied(reply, { ...place, after: '1' }));
    expect(state.replies).toMatchObject([{ id: 'p', after: '1' }]);
  });
});

describe('a private notice', () => {
  const place = { channel: 'incidents', thread: null, after: '1' };
  const card = (tone: 'waiting' | 'running', version: number) =>
    received(aMessage('1', version, { card: aCard({ tone }) }));

  test('of what comes next goes when its card has come to that, and anything else stays', () => {
    const notice = replied({ id: 'n', card: aCard({ title: 'starts as soon as a worker is free' }) }, place);
    const details = replied({ id: 'd', card: aCard({ lines: ['evidence'] }) }, place);
    const refusal = replied({ id: 'r', card: aCard({ tone: 'attention' }) }, place);
    const state = stateAfter(card('waiting', 1), notice, details, refusal, card('waiting', 2));
    expect(state.replies).toHaveLength(3);
    expect(card('running', 3)(state).replies.map(({ id }) => id)).toEqual(['d', 'r']);
  });
});

describe('a pressed button', () => {
  const asked = aMessage('1', 1, { card: aCard({ buttons: [{ label: 'Approve', command: 'approve R-1' }] }) });

  test('works until its card has changed', () => {
    const state = stateAfter(received(asked), pressed('1', 'approve R-1'));
    expect(state.pressed.get('1')).toMatchObject({ command: 'approve R-1' });
    expect(received(aMessage('2', 2))(state).pressed.has('1')).toBe(true);
    expect(received({ ...asked, version: 3 })(state).pressed.has('1')).toBe(false);
    expect(read([{ ...asked, version: 3 }], 'incidents')(state).pressed.has('1')).toBe(false);
  });

  test('is given back when the server has answered and the card stays', () => {
    expect(stateAfter(received(asked), pressed('1', 'approve R-1'), released('1')).pressed.size).toBe(0);
  });

  test('whose fate is not known offers to repeat the same act', () => {
    const act = { id: 'a1', channel: 'incidents', thread: null, after: '1', message: '1', command: 'approve R-1' };
    const [lost] = stateAfter(failed(act, undefined, true)).replies;
    expect(lost).toMatchObject({ repeat: act, after: '1', card: { buttons: [{ label: 'Try again' }] } });
    const [refused] = stateAfter(failed(act, 'The command is too long.', false)).replies;
    expect(refused?.card).toMatchObject({ title: 'The command is too long.', buttons: [] });
  });
});

describe('the connection', () => {
  const lostFor = (ms: number) => ({ ...stateAfter(), link: { kind: 'lost' as const, since: NOW - ms } });

  test('that is lost says since when, and that what is seen may be old', () => {
    expect(linkLine(lostFor(12_000))).toBe('Connection lost for 12 s. What you see may be old; trying again.');
    expect(linkLine({ ...lostFor(125_000), language: 'ru' })).toMatch(/^Нет соединения уже 2 мин\./);
  });

  test('that was gone for a blink says nothing', () => {
    expect(linkLine(lostFor(400))).toBeUndefined();
    expect(linkLine(stateAfter())).toBeUndefined();
  });
});
