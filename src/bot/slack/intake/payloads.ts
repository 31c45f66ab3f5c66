import { z } from 'zod';

/** What Slack sends, as far as it is read: unknown fields are ignored. */

const id = z.string().min(1);
const team = z.object({ id, enterprise_id: z.string().nullish() }).nullish();
const enterprise = z.object({ id }).nullish();
const person = z.object({ id, team_id: z.string().nullish() });

export const slashCommand = z.object({
  text: z.string().default(''),
  user_id: id,
  team_id: z.string().nullish(),
  enterprise_id: z.string().nullish(),
  channel_id: id,
  response_url: z.string().optional(),
  trigger_id: id,
});

const action = z.object({
  action_id: z.string(),
  block_id: z.string().optional(),
  value: z.string().optional(),
});

/** Values that someone chose or typed in a form, by block and element. */
const chosen = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  selected_options: z.array(z.object({ value: z.string() })).nullish(),
});
const view = z.object({
  id,
  type: z.string().optional(),
  hash: z.string().optional(),
  callback_id: z.string().optional(),
  private_metadata: z.string().default(''),
  state: z.object({ values: z.record(z.string(), z.record(z.string(), chosen)) }).optional(),
});
export type View = z.output<typeof view>;

export const blockActions = z.object({
  user: person,
  team,
  enterprise,
  trigger_id: id,
  response_url: z.string().optional(),
  channel: z.object({ id }).nullish(),
  message: z.object({ ts: id, thread_ts: z.string().nullish() }).nullish(),
  container: z.object({ message_ts: z.string().optional(), channel_id: z.string().optional() }).nullish(),
  view: view.nullish(),
  actions: z.array(action).min(1),
});

export const messageAction = z.object({
  user: person,
  team,
  enterprise,
  trigger_id: id,
  response_url: z.string().optional(),
  channel: z.object({ id }),
  message: z.object({
    ts: id,
    thread_ts: z.string().nullish(),
    text: z.string().nullish(),
    attachments: z
      .array(z.object({ text: z.string().nullish(), title: z.string().nullish(), fallback: z.string().nullish() }))
      .nullish(),
  }),
});

export const viewSubmission = z.object({ user: person, team, enterprise, view });

export const mention = z.object({
  event_id: id,
  team_id: z.string().nullish(),
  event: z.object({
    user: z.string().optional(),
    bot_id: z.string().nullish(),
    team: z.string().nullish(),
    text: z.string().default(''),
    channel: id,
    ts: id,
    thread_ts: z.string().nullish(),
    edited: z.unknown().optional(),
  }),
});

export const homeOpened = z.object({ event: z.object({ user: id, tab: z.string().optional() }) });
export const channelEvent = z.object({ event: z.object({ channel: id }) });
export const channelMoved = z.object({ event: z.object({ old_channel_id: id, new_channel_id: id }) });

export type SlashCommand = z.output<typeof slashCommand>;
export type BlockActions = z.output<typeof blockActions>;
export type MessageAction = z.output<typeof messageAction>;
export type ViewSubmission = z.output<typeof viewSubmission>;
export type Mention = z.output<typeof mention>;
