import type { Engine } from '../../engine/engine.js';
import type { Log } from '../../engine/ports.js';
import { type ConsoleDoors, createConsoleDoors } from './doors.js';
import { createFeed } from './feed.js';
import type { ConsoleStore } from './message.js';
import { type ConsolePlatform, createConsolePlatform } from './platform.js';

export interface ConsoleOptions {
  engine: Pick<Engine, 'people' | 'refused' | 'list'>;
  store: ConsoleStore;
  channels: readonly string[];
  log: Log;
  /** Replies that take longer arrive over the stream alone; default 10 s. */
  replyWithinMs?: number;
}

/** The console: a platform for the bot, and doors for whatever serves them. */
export function createConsole(options: ConsoleOptions): {
  platform: ConsolePlatform;
  doors: ConsoleDoors;
} {
  const { store, channels } = options;
  const feed = createFeed(store, options.log);
  const platform = createConsolePlatform(store, feed, channels);
  return { platform, doors: createConsoleDoors({ ...options, platform, feed }) };
}
