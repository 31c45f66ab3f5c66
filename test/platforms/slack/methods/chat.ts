import { z } from 'zod';
import { type Block, LONGEST_BLOCKS, LONGEST_TEXT, messageBlocks } from '../blocks.js';
import { BOT, BOT_USER, named, type SlackChannel, type SlackMessage, type Workspace } from '../workspace.js';
import { flag, json, type Method, type MethodContext, method, Refused, timestamp } from './method.js';

const CUT_AT = 40_000;
const content = { text: z.string().optional(), blocks: json.optional(), metadata: json.optional() };
const looks = { unfurl_links: flag.optional(), unfurl_media: flag.optional() };

export const chat: Record<string, Method> = {
  'chat.postMessage': method(
    z.strictObject({
      channel: z.string(),
      ...content,
      ...looks,
      thread_ts: timestamp.optional(),
      reply_broadcast: flag.optional(),
    }),
    {
      tier: 'special',
      scopes: ['chat:write'],
      run({ channel: asked, text = '', thread_ts, ...rest }, { workspace }) {
        const channel = writable(asked, workspace);
        const blocks = checkedBlocks(rest.blocks);
        if (text === '' && blocks.length === 0) throw new Refused('no_text');
        const message: SlackMessage = {
          channel: channel.id,
          ts: workspace.nextTs(),
          user: BOT_USER,
          byApp: true,
          text: text.slice(0, CUT_AT),
          blocks,
          ...(rest.metadata === undefined ? {} : { metadata: rest.metadata }),
          ...inThread(channel.id, thread_ts, workspace),
          deleted: false,
          at: [performance.now()],
          notified: workspace.shown({ text, blocks }).notified,
        };
        workspace.messages.push(message);
        return { channel: channel.id, ts: message.ts, message: messageJson(message) };
      },
    },
  ),
  'chat.update': method(z.strictObject({ channel: z.string(), ts: timestamp, ...content }), {
    tier: 3,
    scopes: ['chat:write'],
    run({ channel: asked, ts, text, ...rest }, { workspace }) {
      const channel = workspace.channels.get(asked);
      if (!channel?.members.has(BOT_USER)) throw new Refused('channel_not_found');
      if (channel.archived) throw new Refused('is_archived');
      if (text !== undefined && text.length > LONGEST_TEXT) throw new Refused('msg_too_long');
      const message = workspace.find(channel.id, ts);
      if (!message) throw new Refused('message_not_found');
      if (!message.byApp) throw new Refused('cant_update_message');
      if (text === undefined && rest.blocks === undefined) throw new Refused('no_text');
      const blocks = checkedBlocks(rest.blocks);
      const kind = (all: readonly Block[]) => all.some(({ type }) => type === 'rich_text');
      if (kind(message.blocks) && blocks.length > 0 && !kind(blocks)) throw new Refused('block_mismatch');
      // Text alone takes the blocks away; blocks alone leave no text.
      Object.assign(message, { text: text ?? '', blocks });
      message.at.push(performance.now());
      return { channel: channel.id, ts, text: message.text, message: messageJson(message) };
    },
  }),
  'chat.delete': method(z.strictObject({ channel: z.string(), ts: timestamp }), {
    tier: 3,
    scopes: ['chat:write'],
    run({ channel, ts }, { workspace }) {
      const message = workspace.find(channel, ts);
      if (!message) throw new Refused('message_not_found');
      if (!message.byApp) throw new Refused('cant_delete_message');
      message.deleted = true;
      return { channel, ts };
    },
  }),
  'chat.postEphemeral': method(
    z.strictObject({ channel: z.string(), user: z.string(), ...content, thread_ts: timestamp.optional() }),
    {
      tier: 4,
      scopes: ['chat:write'],
      run({ channel: asked, user, text = '', thread_ts, blocks: given }, { workspace }) {
        const channel = writable(asked, workspace, false);
        if (!channel.members.has(user)) throw new Refused('user_not_in_channel');
        const blocks = checkedBlocks(given);
        if (text === '' && blocks.length === 0) throw new Refused('no_text');
        const ts = workspace.nextTs();
        const thread = thread_ts === undefined ? {} : { thread: thread_ts };
        workspace.whispers.push({ channel: channel.id, user, ts, text, blocks, ...thread });
        return { message_ts: ts };
      },
    },
  ),
  'conversations.history': method(
    z.strictObject({ channel: z.string(), oldest: z.string(), limit: z.string(), include_all_metadata: flag }),
    {
      tier: 3,
      scopes: ['channels:history', 'groups:history'],
      run: ({ channel, oldest, limit }, context) => listed(channel, undefined, Number(oldest), Number(limit), context),
    },
  ),
  'conversations.replies': method(
    z.strictObject({
      channel: z.string(),
      ts: timestamp,
      oldest: z.string(),
      limit: z.string(),
      include_all_metadata: flag,
    }),
    {
      tier: 3,
      scopes: ['channels:history', 'groups:history'],
      run: ({ channel, ts, oldest, limit }, context) => listed(channel, ts, Number(oldest), Number(limit), context),
    },
  ),
};

/** Where the app may write; a person's id means the direct conversation with them. */
function writable(asked: string, workspace: Workspace, direct = true): SlackChannel {
  const channel = direct && workspace.people.has(asked) ? workspace.directOf(asked) : workspace.channels.get(asked);
  if (!channel || (channel.private && !channel.members.has(BOT_USER))) throw new Refused('channel_not_found');
  if (!channel.members.has(BOT_USER)) throw new Refused('not_in_channel');
  if (channel.archived) throw new Refused('is_archived');
  return channel;
}

export function checkedBlocks(given: unknown): Block[] {
  if (given === undefined) return [];
  const parsed = messageBlocks.safeParse(given);
  if (!parsed.success)
    throw new Refused('invalid_blocks', {
      response_metadata: { messages: [`[ERROR] ${z.prettifyError(parsed.error)}`] },
    });
  if (JSON.stringify(given).length > LONGEST_BLOCKS) throw new Refused('msg_blocks_too_long');
  return named(parsed.data);
}

/** A thread hangs at a message of the channel. An answer to one that is gone is put into the channel, without a word. */
function inThread(channel: string, ts: string | undefined, workspace: Workspace): { thread?: string } {
  if (ts === undefined) return {};
  const parent = workspace.find(channel, ts);
  if (parent?.thread !== undefined) throw new Refused('cannot_reply_to_message');
  return parent ? { thread: ts } : {};
}

function listed(
  channel: string,
  thread: string | undefined,
  oldest: number,
  limit: number,
  { workspace }: MethodContext,
) {
  if (!workspace.channels.get(channel)?.members.has(BOT_USER)) throw new Refused('channel_not_found');
  if (thread !== undefined && !workspace.find(channel, thread)) throw new Refused('thread_not_found');
  const messages = workspace.messages
    .filter((message) => message.channel === channel && !message.deleted && message.thread === thread)
    .filter(({ ts }) => Number(ts) >= oldest)
    .slice(-limit);
  return { messages: messages.reverse().map(messageJson), has_more: false };
}

export function messageJson({ ts, user, byApp, text, blocks, thread, metadata }: SlackMessage) {
  return {
    type: 'message',
    ts,
    user,
    ...(byApp ? { bot_id: BOT, app_id: 'A0REVIVER' } : {}),
    text,
    blocks,
    ...(thread === undefined ? {} : { thread_ts: thread }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
