import type { Engine } from '../engine/engine.js';
import type { Escalation } from '../engine/escalation/escalation.js';
import { ACTIVE_STATES, waitsForPerson } from '../engine/model/recovery.js';
import type { Log } from '../engine/ports.js';
import { createAdmission, factsOf } from './admission.js';
import { recoveryCard } from './cards/recovery-card.js';
import { statusCard } from './cards/status-card.js';
import { oneLine } from './cards/words.js';
import { chatEffects } from './chat-effects.js';
import type { ChatStore, OutboxStore } from './chat-store.js';
import type { Command } from './commands/command.js';
import { COMMANDS } from './commands/table.js';
import { createConversation } from './conversation.js';
import { formChoices } from './form-choices.js';
import type { GroupRoles } from './identity.js';
import { createIntake } from './intake.js';
import { type IncidentChannels, placesOf } from './live/audience.js';
import { createLiveCards } from './live/live-cards.js';
import { type Call, createMentions } from './live/mentions.js';
import { createOutboxSender, type Send } from './outbox.js';
import type { AckTiming, ChatInput, ChatPlatform, Desk, Language } from './port.js';
import { wordsOf } from './words/languages.js';
import type { Words } from './words/words.js';

export interface BotOptions {
  engine: Engine;
  platforms: readonly ChatPlatform[];
  store: ChatStore;
  outbox: OutboxStore;
  /** Incidents channel of each platform, by its name. */
  channels: { incidents: IncidentChannels; [name: string]: IncidentChannels };
  /** Groups of platforms whose members have roles. */
  groups?: readonly GroupRoles[];
  /** What people of a channel read; default: English. */
  language?(platform: string, channel: string): Language;
  log: Log;
  /** Default: all of COMMANDS. */
  commands?: readonly Command[];
  /** Further kinds of effects, such as `escalation`. */
  sends?: ReadonlyMap<string, Send>;
  /** Whom an escalation calls by name. */
  callOf?(escalation: Pick<Escalation, 'code' | 'recoveryId'>): Promise<Call>;
  /** How soon a platform has its answers, for the metrics. */
  timing?(platform: string): AckTiming;
  /** An incident is posted on a platform for the first time. */
  onAlertPost?(platform: string): void;
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
    groups = [],
    language = () => 'en' as const,
  } = options;
  const incidents = ofRunning(options.channels.incidents, platforms);
  const mentions = createMentions(() => engine.people(), groups);
  const live = createLiveCards({
    engine,
    platforms,
    store,
    incidents,
    mentions,
    language,
    ...(options.onAlertPost ? { onAlertPost: options.onAlertPost } : {}),
    log,
    now,
    pollMs,
  });
  const { incidentChanged } = live;
  const sends = new Map([
    ...chatEffects({
      platforms,
      store,
      incidents,
      channels: options.channels,
      incidentChanged,
      mentions,
      placesOf: async (id) => placesOf(await engine.view(id), incidents),
      language,
      escalation: engine.escalation,
      ...(options.callOf ? { callOf: options.callOf } : {}),
      now,
    }),
    ...(options.sends ?? []),
  ]);
  const sender = createOutboxSender({ store: outbox, sends, log, pollMs });
  const byName = new Map(platforms.map((platform) => [platform.name, platform]));
  const admit = createAdmission({ engine, store, platforms: byName, groups, log });
  const surroundings = { platforms, incidents, groups };
  const handle = createConversation({
    engine,
    admit,
    platforms: byName,
    live,
    commands,
    surroundings,
    language,
    log,
    now,
  });
  const intake = createIntake({ store, platforms: [...byName.keys()], handle, log, pollMs });
  const deskOf = (platform: string): Desk => ({
    accept: intake.accept,
    choices: () => formChoices(engine),
    home: (tongue) => homeCards(engine, now, wordsOf(tongue)),
    language: (channel) => language(platform, channel),
    refused: (input, reason) => recordRefused(engine, input, reason, log),
    ...(options.timing ? { timing: options.timing(platform) } : {}),
  });
  let forgetting: NodeJS.Timeout | undefined;

  return {
    async start() {
      live.start();
      sender.start();
      intake.start();
      forgetting = setInterval(() => {
        store.forget(FORGET_MS).catch((error: unknown) => log('warn', 'chat:forget_failed', { error: String(error) }));
      }, FORGET_EVERY_MS);
      // A platform that cannot start must not keep the others from it.
      const started = await Promise.allSettled(platforms.map((platform) => platform.start(deskOf(platform.name))));
      for (const [index, outcome] of started.entries()) {
        if (outcome.status === 'rejected')
          log('error', 'chat:platform_failed', { platform: platforms[index]?.name, error: String(outcome.reason) });
      }
    },
    async stop() {
      clearInterval(forgetting);
      await Promise.allSettled(platforms.map((platform) => platform.stop()));
      await Promise.all([intake.stop(), live.stop(), sender.stop()]);
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

function recordRefused(engine: Engine, input: ChatInput, reason: string, log: Log): void {
  const who = `${input.origin.platform}:${oneLine(input.user, 80)}`;
  engine
    .refused('chat.refused_click', who, { ...factsOf(input), reason: oneLine(reason, 200) })
    .catch((error: unknown) => log('error', 'chat:refusal_not_recorded', { error: String(error) }));
}

const SHOWN_AT_HOME = 10;

/** How things are, and what runs: first what waits for people. */
async function homeCards(engine: Engine, now: () => Date, words: Words) {
  const status = await engine.status();
  const active = await engine.list({ states: [...ACTIVE_STATES], limit: SHOWN_AT_HOME });
  const first = active.sort(
    (a, b) => Number(waitsForPerson(b.recovery.state)) - Number(waitsForPerson(a.recovery.state)),
  );
  return [statusCard(status, now(), words), ...first.map((view) => recoveryCard(view, words))];
}
