import { describe, expect, test } from '@jest/globals';
import { ViewLost } from '../../../src/bot/port.js';
import { ANN, CARD, SMALL_GROUP as OLD, type Scene } from '../../platforms/telegram/scene.js';
import { withTelegram } from '../../platforms/telegram/with-telegram.js';
import { createTestDesk } from '../../support/desk.js';
import { eventually } from '../../support/eventually.js';

const NEW = -1_009_876_543_210;
const scene = withTelegram();
const post = ({ platform }: Pick<Scene, 'platform'>, key: string, channel = OLD) =>
  platform.post(String(channel), { ...CARD, title: key }, { key, urgency: 0 });

describe('a group that became a supergroup', () => {
  test('is still written to under its old number, also by who was not told', async () => {
    const at = await scene();
    at.server.upgrade(OLD, NEW);
    const ref = await post(at, 'an alert');
    expect(ref).toMatchObject({ channel: String(OLD) });
    expect(at.server.written(NEW).map(({ text }) => text.split('\n')[0])).toEqual(['🟡 an alert']);
    await at.platform.edit(ref, { ...CARD, title: 'edited' }, 1);
    expect(at.server.written(NEW)[0]?.text).toContain('edited');
    const calls = at.server.calls.length;
    await post({ platform: at.another() }, 'after a restart');
    // Nobody is asked under the old number again.
    expect(at.server.calls.slice(calls).map(({ parameters }) => parameters.chat_id)).not.toContain(OLD);
  });

  test('keeps nothing of its cards editable: they are posted anew', async () => {
    const at = await scene();
    const before = await post(at, 'before');
    at.server.upgrade(OLD, NEW);
    const after = await post(at, 'after');
    await expect(at.platform.edit(before, CARD, 1)).rejects.toBeInstanceOf(ViewLost);
    expect(after.message).not.toBe(before.message);
    expect(at.server.written(NEW)[0]?.text).toContain('after');
  });

  test('is heard under its old number, and its cards are known by the name under which they were posted', async () => {
    const at = await scene();
    await at.start();
    at.server.upgrade(OLD, NEW);
    await eventually(() => expect(at.memory.values.get(`moved:${OLD}`)).toBe(String(NEW)));
    at.server.people.type(ANN, NEW, '/recover redis');
    await eventually(() => expect(at.inputs).toMatchObject([{ text: 'redis', origin: { channel: String(OLD) } }]));
    expect(await at.platform.standing?.(at.inputs[0]!)).toEqual({ sound: true, groups: [] });
    const ref = await post(at, 'a card');
    at.server.people.press(ANN, NEW, at.server.written(NEW)[0]?.id ?? 0, 'Approve');
    await eventually(() => expect(at.inputs[1]).toMatchObject({ clicked: ref, origin: { channel: String(OLD) } }));
  });

  test('whose new number stands in the configuration later is known by both', async () => {
    const at = await scene();
    at.server.upgrade(OLD, NEW);
    const old = await post(at, 'under the old number');
    const fresh = await post(at, 'under the new number', NEW);
    const later = at.another();
    const inputs: unknown[] = [];
    await later.start(createTestDesk(async ({ clicked }) => void inputs.push(clicked)));
    for (const [index, ref] of [old, fresh].entries()) {
      at.server.people.press(ANN, NEW, at.server.written(NEW)[index]?.id ?? 0, 'Approve');
      await eventually(() => expect(inputs[index]).toEqual(ref));
    }
  });

  test('keeps threads: answers go to the new card', async () => {
    const at = await scene();
    const before = await post(at, 'before');
    at.server.upgrade(OLD, NEW);
    await at.platform.post(
      String(OLD),
      { ...CARD, title: 'to the old card' },
      { key: 't1', urgency: 1, thread: before },
    );
    const card = await post(at, 'card');
    await at.platform.post(String(OLD), { ...CARD, title: 'to the new card' }, { key: 't2', urgency: 1, thread: card });
    const [first, second, third] = at.server.written(NEW);
    expect(first?.replyTo).toBeUndefined();
    expect(third?.replyTo).toBe(second?.id);
  });
});
