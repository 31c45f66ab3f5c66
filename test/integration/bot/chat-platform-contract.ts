import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Card, type ChatInput, type ChatPlatform, ViewLost } from '../../../src/bot/port.js';
import { createTestDesk } from '../../support/desk.js';

/** A platform under test, with the eyes and hands of its people. */
export interface PlatformUnderTest {
  platform: ChatPlatform;
  /** A channel in which it may post. */
  channel: string;
  /** What a person would see in the channel, oldest first; `thread`: answers to that message. */
  seen(thread?: string): Promise<{ message: string; text: string; buttons: string[] }[]>;
  /** A person types a command, or presses the button with this label of a message; gives what only they see. */
  type(user: string, text: string, id: string): Promise<string[]>;
  press(user: string, message: string, label: string): Promise<string[]>;
  /** The platform's id of a person; default: the name itself. */
  idOf?(user: string): string;
  /** Removes a message behind the platform's back. */
  remove(message: string): Promise<void>;
  close(): Promise<void>;
}

const CARD: Card = {
  tone: 'waiting',
  title: 'R-1 · redis · waiting for approval <b>&amp; "all"',
  lines: ['one *line*', '<!channel> [x](y)'],
  steps: [{ number: 1, icon: 'gate', text: 'Stop redis', note: 'needs approval' }],
  footer: ['plan 7f3a·91c2'],
  buttons: [{ label: 'Approve', command: 'approve R-1 7f3a91c2', style: 'primary' }],
};

/** What every chat platform keeps to, whatever stands behind it. */
export function chatPlatformContract(name: string, make: () => Promise<PlatformUnderTest>): void {
  describe(`${name} as a chat platform`, () => {
    let under: PlatformUnderTest;
    const inputs: ChatInput[] = [];
    let answer: Card | undefined;
    const ann = () => under.idOf?.('ann') ?? 'ann';

    beforeEach(async () => {
      under = await make();
      inputs.length = 0;
      answer = undefined;
      const desk = createTestDesk(async (input) => {
        inputs.push(input);
        if (answer) await under.platform.reply(input, answer);
      });
      await under.platform.start(desk);
    });
    afterEach(async () => {
      await under.platform.stop();
      await under.close();
    });

    test('a posted card is seen with its text as it is, and its buttons', async () => {
      const ref = await under.platform.post(under.channel, CARD, { key: 'a', urgency: 0 });
      const [message] = await under.seen();
      expect(ref).toMatchObject({ platform: under.platform.name, channel: under.channel, message: message?.message });
      for (const part of [CARD.title, ...CARD.lines, 'Stop redis', 'needs approval', 'plan 7f3a·91c2'])
        expect(message?.text).toContain(part);
      expect(message?.buttons).toEqual(['Approve']);
    });

    test('the same key makes one message', async () => {
      const [first, second] = await Promise.all(
        [1, 2].map(() => under.platform.post(under.channel, CARD, { key: 'b', urgency: 0 })),
      );
      expect(second).toEqual(first);
      expect(await under.platform.post(under.channel, CARD, { key: 'b', urgency: 0 })).toEqual(first);
      expect(await under.seen()).toHaveLength(1);
    });

    test('an edit changes the message in place, and removes its buttons', async () => {
      const ref = await under.platform.post(under.channel, CARD, { key: 'c', urgency: 0 });
      await under.platform.edit(ref, { ...CARD, title: 'R-1 · redis recovered', buttons: [] }, 1);
      const seen = await under.seen();
      expect(seen).toHaveLength(1);
      expect(seen[0]?.text).toContain('R-1 · redis recovered');
      expect(seen[0]?.buttons).toEqual([]);
    });

    test('an answer in a thread is seen there and not in the channel', async () => {
      const thread = await under.platform.post(under.channel, CARD, { key: 'd', urgency: 0 });
      await under.platform.post(under.channel, { ...CARD, title: 'Step 1 done' }, { key: 'e', urgency: 0, thread });
      expect(await under.seen()).toHaveLength(1);
      const [line] = await under.seen(thread.message);
      expect(line?.text).toContain('Step 1 done');
    });

    test('an edit of a message that is gone says so', async () => {
      const ref = await under.platform.post(under.channel, CARD, { key: 'f', urgency: 0 });
      await under.remove(ref.message);
      await expect(under.platform.edit(ref, CARD, 1)).rejects.toBeInstanceOf(ViewLost);
    });

    test('a typed command arrives without /recover, with the id of its person, and is answered privately', async () => {
      answer = { ...CARD, title: 'only for you' };
      expect((await under.type('ann', '/recover redis --dry-run', 'i1')).join()).toContain('only for you');
      expect(inputs).toMatchObject([
        { user: ann(), text: 'redis --dry-run', origin: { platform: under.platform.name, channel: under.channel } },
      ]);
      expect((await under.seen()).map(({ text }) => text).join()).not.toContain('only for you');
    });

    test('a pressed button arrives as the command that it stands for, with its message', async () => {
      const ref = await under.platform.post(under.channel, CARD, { key: 'g', urgency: 0 });
      await under.press('ann', ref.message, 'Approve');
      expect(inputs).toMatchObject([{ user: ann(), text: 'approve R-1 7f3a91c2', clicked: ref }]);
    });

    test('the same act delivered twice is one input', async () => {
      await under.type('ann', 'help', 'i2');
      await under.type('ann', 'help', 'i2');
      expect(inputs).toHaveLength(1);
    });

    test('it is healthy while it is started', async () => {
      expect(under.platform.healthy().ok).toBe(true);
    });
  });
}
