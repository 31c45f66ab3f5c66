import { createHash } from 'node:crypto';
import type { ChatInput } from '../../port.js';
import { PLATFORM } from '../outbound/messages.js';
import type { BlockActions, Mention, SlashCommand, ViewSubmission } from './payloads.js';

/** What was done, before it is known what its conversation is called here. */
export interface Act {
  input: Omit<ChatInput, 'origin'> & { thread?: string };
  /** Slack's id of the conversation. */
  channel: string;
  responseUrl?: string;
}

export interface Retry {
  retryNum?: number;
  retryReason?: string;
}

/**
 * A trigger is made anew for each act, and stays the same when its delivery is repeated. It also opens forms, so only its
 * hash is kept.
 */
export function idOf(kind: string, secret: string): string {
  return `${kind}-${createHash('sha256').update(secret).digest('hex').slice(0, 32)}`;
}

export function commandAct(payload: SlashCommand, text: string, retry: Retry): Act {
  const { user_id: user, channel_id: channel, team_id, enterprise_id, response_url } = payload;
  return {
    input: {
      id: idOf('command', payload.trigger_id),
      user,
      text,
      facts: facts('command', { team: team_id, enterprise: enterprise_id, ...retry }),
    },
    channel,
    ...(response_url === undefined ? {} : { responseUrl: response_url }),
  };
}

/** A pressed button. In App Home there is no channel: what comes of it goes to the person directly. */
export function clickAct(payload: BlockActions, command: string, retry: Retry): Act {
  const { user, channel, message, container, response_url } = payload;
  const place = channel?.id ?? container?.channel_id;
  return {
    input: {
      id: idOf('click', `${payload.trigger_id}:${payload.actions[0]?.action_id ?? ''}`),
      user: user.id,
      text: command,
      facts: facts(place === undefined ? 'home' : 'button', { ...about(payload), ...retry }),
      ...(message?.thread_ts && message.thread_ts !== message.ts ? { thread: message.thread_ts } : {}),
    },
    channel: place ?? user.id,
    ...(response_url === undefined ? {} : { responseUrl: response_url }),
  };
}

/** undefined: nobody typed it, or it is only an edit of what was typed before. */
export function mentionAct({ event, event_id, team_id }: Mention, text: string, retry: Retry): Act | undefined {
  const { user, bot_id, edited, channel, thread_ts, team } = event;
  if (user === undefined || bot_id || edited) return undefined;
  return {
    input: {
      id: `event-${event_id}`,
      user,
      text,
      facts: facts('mention', { team: team_id, user_team: team, ...retry }),
      ...(thread_ts ? { thread: thread_ts } : {}),
    },
    channel,
  };
}

/** A form is submitted once: its id is the act's. */
export function formAct(payload: ViewSubmission, place: { channel: string; thread?: string }, text: string): Act {
  return {
    input: {
      id: idOf('form', payload.view.id),
      user: payload.user.id,
      text,
      facts: facts('form', about(payload)),
      ...(place.thread === undefined ? {} : { thread: place.thread }),
    },
    channel: place.channel,
  };
}

function about({ user, team, enterprise }: Pick<BlockActions, 'user' | 'team' | 'enterprise'>) {
  return { team: team?.id, enterprise: enterprise?.id ?? team?.enterprise_id, user_team: user.team_id };
}

function facts(kind: string, known: Record<string, unknown>): NonNullable<ChatInput['facts']> {
  const { retryNum, retryReason, ...rest } = known;
  const all = { kind, ...rest, retry_num: retryNum, retry_reason: retryReason };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string | number] =>
      ['string', 'number'].includes(typeof entry[1]),
    ),
  );
}

export function inputOf(act: Act, channel: string, clicked?: string): ChatInput {
  const { thread, ...input } = act.input;
  const origin = { platform: PLATFORM, channel, ...(thread === undefined ? {} : { thread }) };
  return {
    ...input,
    origin,
    ...(clicked === undefined ? {} : { clicked: { platform: PLATFORM, channel, message: clicked } }),
  };
}
