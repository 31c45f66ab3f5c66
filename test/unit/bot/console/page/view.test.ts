import { describe, expect, test } from '@jest/globals';
import { failed, pressed } from '../../../../../src/bot/console/page/model/acting.js';
import { fill, formBody, openForm } from '../../../../../src/bot/console/page/model/dialog.js';
import { goTo, openThread } from '../../../../../src/bot/console/page/model/go.js';
import { STEP_ICONS, TONES } from '../../../../../src/bot/console/page/model/message.js';
import { received, replied } from '../../../../../src/bot/console/page/model/receive.js';
import { initialState, type State } from '../../../../../src/bot/console/page/model/state.js';
import { pageView } from '../../../../../src/bot/console/page/view/page.js';
import { aCard, aMessage, CATALOG, elements, NOW, stateAfter, textOf } from './builders.js';

const all = (state: State) => elements(pageView(state));
const button = (state: State, label: string) =>
  all(state).find((node) => node.tag === 'button' && textOf(node).startsWith(label));
const byClass = (state: State, name: string) =>
  all(state).filter(({ attributes }) => attributes.class?.split(' ').includes(name));
const HOSTILE = '<img src=x onerror=alert(1)> <script>alert(2)</script> &amp; {{a}}';

describe('the page', () => {
  test('has no element made of text from outside, whatever the text', () => {
    const nasty = aCard({
      tone: 'firing',
      title: HOSTILE,
      lines: [HOSTILE],
      steps: [{ icon: 'done', text: HOSTILE, note: HOSTILE }],
      footer: [HOSTILE],
      buttons: [{ label: HOSTILE, command: HOSTILE }],
    });
    const view = all(stateAfter(received(aMessage('1', 1, { card: nasty, author: HOSTILE }))));
    expect(view.filter(({ tag }) => tag === 'img' || tag === 'script')).toEqual([]);
    expect(view.some((node) => textOf(node) === HOSTILE)).toBe(true);
    for (const { attributes } of view) expect(Object.keys(attributes).join()).not.toMatch(/^on|,on|style/);
  });

  test('has a sign and a word for every state and every step', () => {
    for (const tone of TONES.filter((each) => each !== 'neutral')) {
      const [chip] = byClass(stateAfter(received(aMessage('1', 1, { card: aCard({ tone }) }))), 'chip');
      expect([textOf(chip) !== '', elements(chip?.children ?? []).some(({ tag }) => tag === 'path')]).toEqual([
        true,
        true,
      ]);
    }
    for (const icon of STEP_ICONS) {
      const card = aCard({ steps: [{ icon, text: 'x' }] });
      const [sign] = byClass(stateAfter(received(aMessage('1', 1, { card }))), 'sign');
      expect(textOf(sign)).not.toBe('');
    }
  });

  test('gives every element that may stay a key of its own among its siblings', () => {
    const state = stateAfter(
      received(
        aMessage('1', 1, {
          card: aCard({
            buttons: [
              { label: 'a', command: 'x' },
              { label: 'b', command: 'x' },
            ],
          }),
        }),
      ),
      received(aMessage('2', 2)),
      openThread('1'),
    );
    for (const { children } of all(state)) {
      const keys = children.flatMap((child) =>
        typeof child === 'string' || child.key === undefined ? [] : [child.key],
      );
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test('is in the language of the channel', () => {
    expect(textOf(button(stateAfter(goTo('ops')), 'Форма'))).toBe('Форма');
    expect(textOf(button(stateAfter(), 'Form'))).toBe('Form');
  });

  test('shows nothing but the form of the token to nobody', () => {
    const signedOut = all({ ...initialState('en', NOW), session: { kind: 'out', problem: { kind: 'expired' } } });
    expect(signedOut.some(({ attributes }) => attributes.class === 'app')).toBe(false);
    expect(signedOut.map(textOf).join()).toContain('This token has expired. Ask for a new one.');
  });
});

describe('buttons of a card', () => {
  const card = aCard({
    tone: 'waiting',
    buttons: [
      { label: 'Approve', command: 'approve R-1 7f3a', style: 'primary' },
      { label: 'Reject', command: 'reject R-1 7f3a', style: 'danger' },
    ],
  });
  const shown = received(aMessage('1', 1, { card }));

  test('want what they say, of their message', () => {
    expect(button(stateAfter(shown), 'Approve')?.on.click).toEqual({
      do: 'press',
      given: { message: '1', command: 'approve R-1 7f3a' },
    });
  });

  test('are all disabled as soon as one was pressed, and that one shows that it works', () => {
    const state = stateAfter(shown, pressed('1', 'approve R-1 7f3a'));
    expect(textOf(button(state, 'Approve'))).toBe('Approve …');
    expect(
      [button(state, 'Approve'), button(state, 'Reject')].map((each) => each?.attributes['aria-disabled']),
    ).toEqual(['true', 'true']);
  });

  test('of a private card are said in its channel, and what failed is repeated under its id', () => {
    const mine = aCard({ buttons: [{ label: 'Recover redis', command: 'redis' }] });
    const state = stateAfter(replied({ id: 'p', card: mine }, { channel: 'incidents', thread: null, after: null }));
    expect(button(state, 'Recover redis')?.on.click).toMatchObject({
      do: 'say',
      given: { button: { command: 'redis' }, channel: 'incidents', reply: 'p' },
    });
    const act = { id: 'a1', channel: 'incidents', thread: null, after: null, command: 'redis' };
    expect(button(stateAfter(failed(act, undefined, true)), 'Try again')?.on.click).toMatchObject({
      do: 'repeat',
      given: { act },
    });
  });

  test('of a private card stand below the message that it answers', () => {
    const place = { channel: 'incidents', thread: null, after: '1' };
    const state = stateAfter(
      shown,
      received(aMessage('2', 2)),
      replied({ id: 'p', card: aCard({ title: 'only you' }) }, place),
    );
    const titles = byClass(state, 'message').map(({ key }) => key);
    expect(titles).toEqual(['1', 'p', '2']);
  });
});

describe('the form', () => {
  const form = openForm(CATALOG, 'f1');

  test('begins with the first service and its best plan', () => {
    expect(formBody(form)).toEqual({ id: 'f1', service: 'redis' });
  });

  test('says what was chosen, and leaves out what was left empty', () => {
    const filled = [
      ['plan', 'runbook:redis_outage'],
      ['param:backup', 'weekly'],
      ['param:keys', ' '],
      ['dry_run', true],
      ['reason', ' cache is stale '],
    ] as const;
    const done = filled.reduce((now, [name, value]) => fill(now, name, value), form);
    expect(formBody(done)).toEqual({
      id: 'f1',
      service: 'redis',
      runbook: 'redis_outage',
      params: { backup: 'weekly' },
      dry_run: true,
      reason: 'cache is stale',
    });
  });

  test('forgets the plan of one service when another is chosen', () => {
    const other = fill(fill(form, 'plan', 'strategy:restart'), 'service', 'shop web');
    expect(formBody(other)).toEqual({ id: 'f1', service: 'shop web' });
  });

  test('asks for the parameters of the runbook that is chosen, with their defaults', () => {
    const state = { ...stateAfter(), dialog: fill(form, 'plan', 'runbook:redis_outage') };
    const fields = all(state).filter(({ attributes }) => attributes.name?.startsWith('param:'));
    expect(fields.map(({ attributes }) => attributes.placeholder)).toEqual(['redis_backup (default)', 'number']);
  });
});
