import { describe, expect, test } from '@jest/globals';
import { createPostOnce, markOf, messageOf, type Post } from '../../../../../src/bot/slack/outbound/post-once.js';
import { Unanswered } from '../../../../../src/bot/slack/outbound/refusal.js';
import { remembering } from '../../../../platforms/slack/slack-under-test.js';

function make() {
  const kept = new Map<string, string>();
  const memory = remembering(kept);
  const sent: string[] = [];
  const post = (over: Partial<Post> = {}): Post => ({
    ready: async () => {},
    send: async (mark) => `m${sent.push(mark)}`,
    find: async () => undefined,
    ...over,
  });
  return { kept, memory, once: createPostOnce(memory), sent, post };
}

describe('a key', () => {
  test('makes one message: at once, later, and in the next process', async () => {
    const { once, memory, post, sent } = make();
    expect(await Promise.all([once('a', post()), once('a', post())])).toEqual(['m1', 'm1']);
    expect(await once('a', post())).toBe('m1');
    expect(await createPostOnce(memory)('a', post())).toBe('m1');
    expect(sent).toEqual([markOf('a')]);
    expect(await messageOf(memory, markOf('a'))).toBe('m1');
  });

  test('is looked for before it is said again, when the answer was lost', async () => {
    const { once, post, sent } = make();
    const lost = post({ send: () => Promise.reject(new Unanswered('lost')) });
    await expect(once('a', lost)).rejects.toThrow('lost');
    let since = 0;
    const found = post({
      find: async (_, from) => {
        since = from;
        return 'm0';
      },
    });
    expect(await once('a', found)).toBe('m0');
    expect(Date.now() - since).toBeLessThan(5_000);
    expect(sent).toEqual([]);
  });

  test('leaves nothing behind when it was clearly refused, or did not get its turn', async () => {
    const { once, post, kept } = make();
    const looking = post({ find: () => Promise.reject(new Error('it looked')) });
    await expect(once('a', post({ ready: () => Promise.reject(new Error('wait')) }))).rejects.toThrow('wait');
    await expect(once('a', post({ send: () => Promise.reject(new Error('no')) }))).rejects.toThrow('no');
    expect([...kept.values()]).toEqual(['']);
    expect(await once('a', looking)).toBe('m1');
  });
});
