import {
  type Card,
  type ChatInput,
  type ChatPlatform,
  type Desk,
  type MessageRef,
  type PostOptions,
  ViewLost,
} from '../../src/bot/port.js';

export interface Recorded {
  id: string;
  channel: string;
  thread: string | undefined;
  key: string;
  card: Card;
  mention?: PostOptions['mention'];
  edits: number;
  at: number[];
}

/** A second chat platform in memory, which can be made to fail: for what must hold between platforms. */
export interface RecordingPlatform extends ChatPlatform {
  messages: Recorded[];
  /** Thrown instead of the next calls, one each. */
  failures: Error[];
  /** Every call fails until it is false again. */
  down: boolean;
  lose(id: string): void;
  /** What was answered privately, by the id of its input. */
  replies: { id: string; card: Card }[];
  /** Hands an input over, and waits until it is handled. */
  say(input: ChatInput): Promise<void>;
}

export function createRecordingPlatform(name = 'second', editIntervalMs = 0): RecordingPlatform {
  const lost = new Set<string>();
  let desk: Desk | undefined;
  const fail = () => {
    if (platform.down) throw new Error(`${name} is down`);
    const failure = platform.failures.shift();
    if (failure) throw failure;
  };
  const platform: RecordingPlatform = {
    name,
    editIntervalMs,
    messages: [],
    failures: [],
    down: false,
    lose: (id) => void lost.add(id),
    replies: [],
    async say(input) {
      const taken = await desk?.accept(input);
      await taken?.handled;
    },
    async start(given) {
      desk = given;
    },
    async reply({ id }, card) {
      platform.replies.push({ id, card });
    },
    async stop() {},
    async post(channel, card, { thread, key, mention }) {
      fail();
      if (thread && lost.has(thread.message)) throw new ViewLost('the thread is gone');
      const known = platform.messages.find((message) => message.key === key);
      if (known) return { platform: name, channel, message: known.id };
      const id = `m${platform.messages.length + 1}`;
      const called = mention ? { mention } : {};
      platform.messages.push({
        id,
        channel,
        thread: thread?.message,
        key,
        card,
        edits: 0,
        at: [performance.now()],
        ...called,
      });
      return { platform: name, channel, message: id } satisfies MessageRef;
    },
    async edit(ref, card) {
      fail();
      const message = platform.messages.find(({ id }) => id === ref.message);
      if (!message || lost.has(message.id)) throw new ViewLost('gone');
      message.card = card;
      message.edits++;
      message.at.push(performance.now());
    },
    healthy: () => ({ ok: !platform.down, detail: '' }),
  };
  return platform;
}
