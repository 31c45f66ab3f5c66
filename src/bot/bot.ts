import type { Engine } from '../engine/engine.js';
import type { Log } from '../engine/ports.js';
import { chatEffects } from './chat-effects.js';
import type { ChatStore, OutboxStore } from './chat-store.js';
import type { Command } from './commands/command.js';
import { COMMANDS } from './commands/table.js';
import { createConversation } from './conversation.js';
import type { IncidentChannels } from './live/audience.js';
import { createLiveCards } from './live/live-cards.js';
import { createOutboxSender, type Send } from './outbox.js';
import type { ChatPlatform } from './port.js';

export interface BotOptions {
  engine: Engine;
  platforms: readonly ChatPlatform[];
  store: ChatStore;
  outbox: OutboxStore;
  /** Incidents channel of each platform, by its name. */
  channels: { incidents: IncidentChannels };
  log: Log;
  /** Default: all of COMMANDS. */
  commands?: readonly Command[];
  /** Further kinds of effects, such as `escalation`. */
  sends?: ReadonlyMap<string, Send>;
  now?(): Date;
  /** Milliseconds between looks at the database, beside signals; default 1 s. */
  pollMs?: number;
}

/** The people's side: what they say goes to the engine, what the engine does is shown to them. */
export interface Bot {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** A recovery changed: its cards follow. Never waits, never throws. */
  changed(recoveryId: number): void;
  incidentChanged(incidentId: number): void;
  /** New effects are in the outbox. */
  effectsWritten(): void;
}

const FORGET_MS = 7 * 24 * 3_600_000;
const FORGET_EVERY_MS = 3_600_000;

export function createBot(options: BotOptions): Bot {
  const {
    engine,
    platforms,
    store,
    outbox,
    log,
    commands = COMMANDS,
    now = () => new Date(),
    pollMs = 1_000,
  } = options;
  const incidents = ofRunning(options.channels.incidents, platforms);
  const live = createLiveCards({ engine, platforms, store, incidents, log, now, pollMs });
  const { incidentChanged } = live;
  const sends = new Map([...chatEffects({ platforms, store, incidents, incidentChanged }), ...(options.sends ?? [])]);
  const sender = createOutboxSender({ store: outbox, sends, log, pollMs });
  const onInput = createConversation({ engine, store, live, commands, log, now });
  let forgetting: NodeJS.Timeout | undefined;

  return {
    async start() {
      live.start();
      sender.start();
      forgetting = setInterval(() => {
        store.forget(FORGET_MS).catch((error: unknown) => log('warn', 'chat:forget_failed', { error: String(error) }));
      }, FORGET_EVERY_MS);
      // A platform that cannot start must not keep the others from it.
      const started = await Promise.allSettled(platforms.map((platform) => platform.start(onInput)));
      for (const [index, outcome] of started.entries()) {
        if (outcome.status === 'rejected')
          log('error', 'chat:platform_failed', { platform: platforms[index]?.name, error: String(outcome.reason) });
      }
    },
    async stop() {
      clearInterval(forgetting);
      await Promise.allSettled(platforms.map((platform) => platform.stop()));
      await Promise.all([live.stop(), sender.stop()]);
    },
    changed: live.changed,
    incidentChanged,
    effectsWritten: sender.wake,
  };
}

/** One entry for each platform that runs. */
function ofRunning(incidents: IncidentChannels, platforms: readonly ChatPlatform[]): IncidentChannels {
  return Object.fromEntries(platforms.map(({ name }) => [name, incidents[name]]));
}
