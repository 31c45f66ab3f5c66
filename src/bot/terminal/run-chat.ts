import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { NotFound } from '../../engine/model/errors.js';
import { type ConsoleClient, createConsoleClient, type PrivateReply } from './console-client.js';
import { createScreen, type Pressable, type Screen } from './screen.js';

export interface ChatOptions {
  /** Such as `http://127.0.0.1:8014`. */
  url: string;
  token: string;
  /** Default: the first one. */
  channel?: string;
  input: Readable;
  output: Writable & { isTTY?: boolean; columns?: number };
  signal?: AbortSignal;
}

const RECENT = 20;

/**
 * `reviver chat`: shows a channel of the console and says what is typed; a number presses the button that shows it.
 * Resolves at the end of the input, at `exit`, or when `signal` aborts. Rejects when the server refuses the token.
 */
export async function runChat(options: ChatOptions): Promise<void> {
  const { input, output } = options;
  const client = createConsoleClient(options.url, options.token);
  const { name, channels } = await client.me();
  const channel = options.channel ?? channels[0];
  if (channel === undefined || !channels.includes(channel))
    throw new NotFound('channel', channel ?? '', channels.join(', ') || undefined);
  const tty = output.isTTY === true;
  const screen = createScreen({ output, tty, columns: () => output.columns ?? 100, startedAt: Date.now() });
  screen.note(
    `${name} in ${channel}. Type a command such as "redis" or "help", a number for a button, "exit" to leave.`,
  );
  const recent = await client.messages(channel, RECENT);
  for (const message of recent.items) screen.message(message);

  const ending = new AbortController();
  const signal = options.signal ? AbortSignal.any([ending.signal, options.signal]) : ending.signal;
  const streaming = client.stream(
    recent.version,
    (event) => {
      if (event.type === 'private') screen.reply(event.reply);
      else if (event.message.channel === channel) screen.message(event.message);
    },
    (state) => screen.note(state === 'lost' ? 'The connection is lost; trying again.' : 'Connected again.'),
    signal,
  );
  try {
    await readLines(input, createTyping(client, screen, channel), screen, signal);
  } finally {
    ending.abort();
    await streaming;
  }
}

type Typed = (line: string) => Promise<'exit' | 'go_on'>;

function createTyping(client: ConsoleClient, screen: Screen, channel: string): Typed {
  let asked: Pressable | undefined;

  const press = async (button: Pressable): Promise<PrivateReply[]> => {
    screen.note(`→ ${button.label} (${button.command})`);
    return button.message === undefined
      ? client.command(channel, button.command)
      : client.click(button.message, button.command);
  };

  async function act(line: string): Promise<PrivateReply[]> {
    const question = asked;
    asked = undefined;
    if (question) {
      if (/^(y|yes|да)$/i.test(line)) return press(question);
      screen.note('Not done.');
      if (/^(n|no|нет)$/i.test(line)) return [];
    }
    if (!/^\d{1,4}$/.test(line)) return client.command(channel, line);
    const button = screen.button(Number(line));
    if (button === undefined || button === 'gone') {
      screen.note(
        button ? `Button ${line} is gone: its card has changed. Nothing was done.` : `There is no button ${line}.`,
      );
      return [];
    }
    if (!button.confirm) return press(button);
    asked = button;
    screen.note(`${button.confirm} Type yes.`);
    return [];
  }

  return async (text) => {
    const line = text.trim();
    screen.typed();
    if (line === '') return 'go_on';
    if (/^\/?(exit|quit)$/i.test(line)) return 'exit';
    try {
      for (const reply of await act(line)) screen.reply(reply);
    } catch (error) {
      screen.note(error instanceof Error ? error.message : String(error));
    }
    return 'go_on';
  };
}

async function readLines(input: Readable, typed: Typed, screen: Screen, signal: AbortSignal): Promise<void> {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const close = () => lines.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    if (signal.aborted) return;
    for await (const line of lines) {
      if ((await typed(line)) === 'exit') return;
    }
  } catch (error) {
    if (!signal.aborted) screen.note(String(error));
  } finally {
    signal.removeEventListener('abort', close);
    lines.close();
  }
}
