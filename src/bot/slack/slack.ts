import { setMaxListeners } from 'node:events';
import type { RequestListener } from 'node:http';
import type { Log } from '../../engine/ports.js';
import type { ChatPlatform, Desk, PlatformMemory } from '../port.js';
import { createBelonging } from './connection/belonging.js';
import { createBoltApp } from './connection/bolt-app.js';
import { createClients } from './connection/clients.js';
import { createDeliver, type Deliver } from './connection/deliver.js';
import { createHttpDoor } from './connection/http-door.js';
import { type Identity, introduce } from './connection/identity.js';
import { libraryLog } from './connection/library-log.js';
import { redact } from './connection/redact.js';
import { within } from './connection/rest.js';
import { createSense } from './connection/sense.js';
import { keepSocket } from './connection/socket.js';
import { connect } from './connection/socket-connection.js';
import { createHome } from './home/home.js';
import { listen } from './intake/listeners.js';
import { createForm } from './modal/form.js';
import { createChannels } from './outbound/channels.js';
import { createMessages, PLATFORM } from './outbound/messages.js';
import { createPace } from './outbound/pace.js';
import { createPrivateReplies } from './outbound/private-replies.js';
import { createSpeech } from './outbound/speech.js';
import { createPeople } from './people/people.js';
import { type SlackSettings, type SlackTuning, TUNING } from './settings.js';
import { WORDS } from './words.js';

export interface SlackOptions extends SlackSettings {
  memory: PlatformMemory;
  log: Log;
  /** User groups whose members have roles. Absent: all groups are looked at; none: they are never asked for. */
  groups?: readonly string[];
  /** Slack's id of the incidents channel: whether the app is in it is known before the first post. */
  incidents?: string | undefined;
  tuning?: Partial<SlackTuning>;
}

export interface SlackPlatform extends ChatPlatform {
  /** HTTP mode: answers what Slack sends to /slack/events. */
  webhook?: RequestListener;
}

export const SLACK = PLATFORM;

/** `start` waits so long for the first attempts; then they go on by themselves. */
const FIRST_ATTEMPT_MS = 5_000;

/** Slack as a chat platform. */
export function createSlackPlatform(options: SlackOptions): SlackPlatform {
  const { appToken, signingSecret, memory, log } = options;
  const tuning = { ...TUNING, ...options.tuning };
  const logger = libraryLog(log);
  const clients = createClients(options, tuning, logger);
  const speaks = createSense('speaks', tuning.patienceMs);
  const hears = createSense('hears', tuning.patienceMs);
  const pace = createPace(tuning.minuteMs);
  const speech = createSpeech(pace, speaks);
  const channels = createChannels(memory);
  const stopping = new AbortController();
  const { signal } = stopping;
  setMaxListeners(0, signal);
  let identity: () => Identity | undefined = () => undefined;
  let desk: Desk | undefined;
  let deliver: Deliver | undefined;
  let running: Promise<unknown>[] = [];

  const who = () => identity();
  const language = (channel: string) => desk?.language(channel) ?? 'en';
  const people = createPeople({ ...options, clients, speaks, channels, identity: who });
  const belonging = createBelonging({ ...options, client: clients.people, channels, identity: who });
  const messages = createMessages({ clients, speech, memory, channels, identity: who, language, log });
  const replies = createPrivateReplies({ clients, speech, channels, language, tuning, log });

  return {
    name: SLACK,
    editIntervalMs: tuning.editIntervalMs,
    async start(given) {
      checkForms(options);
      desk = given;
      const introduction = introduce({ client: clients.people, speaks, tuning, log, known: belonging.look }, signal);
      identity = introduction.identity;
      const { app, failed } = createBoltApp(options, who, logger, log);
      const form = createForm({ clients, desk, people, log });
      const home = createHome({ clients, desk, people, tuning, log }, signal);
      listen(app, { desk, form, home, people, channels, replies, clients, memory, identity: who, log });
      const hand = createDeliver(app, log, failed, desk.timing);
      deliver = hand;
      running = [introduction.over, home.over];
      const begun = [introduction.begun];
      if (appToken !== undefined) {
        const onError = (error: unknown) =>
          log('error', 'slack:delivery_failed', { error: redact(String(error)).slice(0, 500) });
        const parts = { settings: options, appToken, tuning, logger, deliver: hand, onError };
        const socket = keepSocket(() => connect(parts, signal), hears, tuning, log, signal);
        running.push(socket.over);
        begun.push(socket.begun);
      } else hears.well();
      await within(Promise.all(begun), FIRST_ATTEMPT_MS);
    },
    async stop() {
      deliver = undefined;
      stopping.abort();
      pace.stop();
      await Promise.all(running);
    },
    post: messages.post,
    edit: messages.edit,
    reply: replies.reply,
    standing: people.standing,
    howToType(tongue) {
      const { name } = identity() ?? {};
      return name === undefined ? undefined : WORDS[tongue].howToType(name);
    },
    troubles: belonging.troubles,
    healthy() {
      if (signal.aborted) return { ok: false, detail: 'stopped' };
      const both = [hears.state(), speaks.state()];
      const details = [...both.map(({ detail }) => detail), ...speech.troubles()];
      return { ok: both.every(({ ok }) => ok), detail: details.join(', ') };
    },
    ...(appToken === undefined && signingSecret !== undefined
      ? { webhook: createHttpDoor({ signingSecret, deliver: () => deliver, log }) }
      : {}),
  };
}

function checkForms({ botToken, appToken, signingSecret }: SlackOptions): void {
  if (!botToken.startsWith('xoxb-')) throw new Error('SLACK_BOT_TOKEN must begin with xoxb-');
  if (appToken !== undefined && !appToken.startsWith('xapp-')) throw new Error('SLACK_APP_TOKEN must begin with xapp-');
  if (appToken === undefined && !signingSecret)
    throw new Error('Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)');
}
