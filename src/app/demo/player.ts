import {
  type ConsoleClient,
  createConsoleClient,
  type Event,
  type Message,
  type PrivateReply,
} from '../../bot/terminal/console-client.js';

/** A person at the console, played by the demo: sees what that person sees, and presses what that person could press. */
export interface Player {
  name: string;
  /** The newest message for which `wanted` holds, now or within `withinMs`. */
  sees(what: string, wanted: (message: Message) => boolean, withinMs: number): Promise<Message>;
  presses(message: Message, label: string): Promise<PrivateReply[]>;
  says(text: string): Promise<PrivateReply[]>;
  leave(): Promise<void>;
}

export const CHANNEL = 'incidents';

export async function joinAs(
  name: string,
  url: string,
  token: string,
  onEvent: (event: Event) => void = () => {},
): Promise<Player> {
  const client: ConsoleClient = createConsoleClient(url, token);
  const leaving = new AbortController();
  const messages = new Map<string, Message>();
  const waiting = new Set<() => void>();
  const { items, version } = await client.messages(CHANNEL, 50);
  for (const message of items) messages.set(message.id, message);
  const streaming = client.stream(
    version,
    (event) => {
      if (event.type === 'message') messages.set(event.message.id, event.message);
      onEvent(event);
      for (const look of waiting) look();
    },
    () => {},
    leaving.signal,
  );
  return {
    name,
    sees: (what, wanted, withinMs) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = [...messages.values()].reverse().find(wanted);
          if (!found) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`${name} waited ${withinMs / 1_000} s for ${what}, and it did not appear`));
        }, withinMs);
        waiting.add(look);
        look();
      }),
    presses(message, label) {
      const button = message.card.buttons.find((candidate) => candidate.label === label);
      if (!button) throw new Error(`there is no button ${label} under "${message.card.title}"`);
      return client.click(message.id, button.command);
    },
    says: (text) => client.command(CHANNEL, text),
    async leave() {
      leaving.abort();
      await streaming;
    },
  };
}
