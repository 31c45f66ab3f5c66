import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { Identity } from '../connection/identity.js';
import { codeOf, portError } from './refusal.js';

const HISTORY = ['channels:history', 'groups:history'];
const EVENT = 'reviver_post';
const LOOKED_AT = 200;
/** Clocks differ. */
const EARLIER_MS = 60_000;

const answer = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        bot_id: z.string().nullish(),
        metadata: z.object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) }).nullish(),
      }),
    )
    .optional(),
});

/** What marks a post so that it can be found. Every app of the workspace can read it: it is only a hash. */
export function markedMetadata(mark: string, identity: Identity | undefined) {
  return mayLook(identity) ? { metadata: { event_type: EVENT, event_payload: { mark } } } : {};
}

/**
 * Looks whether a post whose answer was lost is there. Without a scope for history, which is not asked for by default, it
 * cannot be known, and the post is made again.
 */
export async function findPost(
  client: webApi.WebClient,
  identity: Identity | undefined,
  { channel, thread, mark, since }: { channel: string; thread: string | undefined; mark: string; since: number },
): Promise<string | undefined> {
  if (!mayLook(identity)) return undefined;
  const wanted = {
    channel,
    oldest: String((since - EARLIER_MS) / 1_000),
    limit: LOOKED_AT,
    include_all_metadata: true,
  };
  const looking =
    thread === undefined
      ? client.conversations.history(wanted)
      : client.conversations.replies({ ...wanted, ts: thread });
  const given = await looking.catch((error: unknown) => {
    if (NOTHING.has(codeOf(error) ?? '')) return { messages: [] };
    throw portError(error, 'conversations.history', channel);
  });
  return answer
    .parse(given)
    .messages?.find(
      ({ metadata, bot_id }) =>
        bot_id === identity?.bot && metadata?.event_type === EVENT && metadata.event_payload.mark === mark,
    )?.ts;
}

/** There is nothing to be seen, or we may not look. */
const NOTHING = new Set(['missing_scope', 'thread_not_found', 'channel_not_found', 'not_in_channel']);

function mayLook(identity: Identity | undefined): boolean {
  return identity?.scopes.some((scope) => HISTORY.includes(scope)) ?? false;
}
