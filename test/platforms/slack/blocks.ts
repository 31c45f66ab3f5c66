import { z } from 'zod';

/**
 * Block Kit as Slack checks it: types, required fields, lengths, uniqueness. Only what a bot of ours may send is known;
 * all else is refused, as a misspelt field is by Slack. Lengths are those of the reference and of @slack/types 3.2.
 */

const wellFormed = (text: string) => !/\p{Cs}/u.test(text);
const text = (min: number, max: number) => z.string().min(min).max(max).refine(wellFormed, 'lone surrogate');

const plain = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: text(1, max), emoji: z.boolean().optional() });
const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: text(1, max), verbatim: z.boolean().optional() });
const either = (max: number) => z.discriminatedUnion('type', [plain(max), mrkdwn(max)]);
const blockId = text(1, 255).optional();
const actionId = text(1, 255);
const style = z.enum(['primary', 'danger']).optional();

const confirm = z.strictObject({ title: plain(100), text: either(300), confirm: plain(30), deny: plain(30), style });
const button = z.strictObject({
  type: z.literal('button'),
  action_id: actionId,
  text: plain(75),
  value: text(1, 2_000).optional(),
  url: z
    .url({ protocol: /^https$/ })
    .max(3_000)
    .optional(),
  style,
  confirm: confirm.optional(),
});
const option = z.strictObject({ text: plain(75), value: text(1, 75), description: plain(75).optional() });
const optionGroup = z.strictObject({ label: plain(75), options: z.array(option).min(1).max(100) });
const staticSelect = z
  .strictObject({
    type: z.literal('static_select'),
    action_id: actionId,
    placeholder: plain(150).optional(),
    options: z.array(option).min(1).max(100).optional(),
    option_groups: z.array(optionGroup).min(1).max(100).optional(),
    initial_option: option.optional(),
  })
  .refine(
    ({ options, option_groups }) => (options === undefined) !== (option_groups === undefined),
    'options or groups',
  )
  .refine(({ initial_option, ...rest }) => {
    const all = rest.options ?? rest.option_groups?.flatMap((group) => group.options) ?? [];
    const same = (one: unknown) => JSON.stringify(one) === JSON.stringify(initial_option);
    return initial_option === undefined || all.some(same);
  }, 'initial_option is not one of the options')
  .refine(({ options, option_groups }) => {
    const values = (options ?? option_groups?.flatMap((group) => group.options) ?? []).map(({ value }) => value);
    return new Set(values).size === values.length;
  }, 'two options have one value');
const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  action_id: actionId,
  placeholder: plain(150).optional(),
  initial_value: text(1, 3_000).optional(),
  multiline: z.boolean().optional(),
  max_length: z.int().min(1).max(3_000).optional(),
  dispatch_action_config: z
    .strictObject({ trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).min(1) })
    .optional(),
});
const checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  action_id: actionId,
  options: z.array(option).min(1).max(10),
  initial_options: z.array(option).min(1).optional(),
});

const runStyle = z
  .strictObject({
    bold: z.boolean().optional(),
    italic: z.boolean().optional(),
    strike: z.boolean().optional(),
    code: z.boolean().optional(),
  })
  .optional();
const textRun = z.strictObject({ type: z.literal('text'), text: text(1, 12_000), style: runStyle });
const run = z.discriminatedUnion('type', [
  textRun,
  z.strictObject({ type: z.literal('user'), user_id: text(1, 50), style: runStyle }),
  z.strictObject({ type: z.literal('usergroup'), usergroup_id: text(1, 50), style: runStyle }),
  z.strictObject({ type: z.literal('broadcast'), range: z.enum(['here', 'channel', 'everyone']), style: runStyle }),
  z.strictObject({ type: z.literal('link'), url: z.url(), text: text(1, 3_000).optional(), style: runStyle }),
]);
const richText = z.strictObject({
  type: z.literal('rich_text'),
  block_id: blockId,
  elements: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('rich_text_section'), elements: z.array(run).min(1) }),
        z.strictObject({ type: z.literal('rich_text_preformatted'), elements: z.array(textRun).min(1) }),
      ]),
    )
    .min(1),
});

const section = z
  .strictObject({
    type: z.literal('section'),
    block_id: blockId,
    text: either(3_000).optional(),
    fields: z.array(either(2_000)).min(1).max(10).optional(),
  })
  .refine(({ text: body, fields }) => body !== undefined || fields !== undefined, 'text or fields');
const header = z.strictObject({ type: z.literal('header'), block_id: blockId, text: plain(150) });
const divider = z.strictObject({ type: z.literal('divider'), block_id: blockId });
const context = z.strictObject({
  type: z.literal('context'),
  block_id: blockId,
  elements: z.array(either(3_000)).min(1).max(10),
});
const actions = z
  .strictObject({
    type: z.literal('actions'),
    block_id: blockId,
    elements: z.array(button).min(1).max(25),
  })
  .refine(({ elements }) => distinct(elements.map(({ action_id }) => action_id)), 'action_id is used twice');
const input = z.strictObject({
  type: z.literal('input'),
  block_id: blockId,
  label: plain(2_000),
  hint: plain(2_000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  element: z.union([staticSelect, plainTextInput, checkboxes]),
});

const block = z.discriminatedUnion('type', [richText, section, header, divider, context, actions, input]);
export type Block = z.output<typeof block>;
export type ButtonElement = z.output<typeof button>;
export type InputBlock = z.output<typeof input>;

const distinct = (names: (string | undefined)[]) => {
  const given = names.filter((name) => name !== undefined);
  return new Set(given).size === given.length;
};
const blocks = (max: number) =>
  z
    .array(block)
    .max(max)
    .refine((all) => distinct(all.map(({ block_id }) => block_id)), 'block_id is used twice');

/** Inputs stand in forms alone. */
export const messageBlocks = blocks(50).refine(
  (all) => all.every(({ type }) => type !== 'input'),
  'input in a message',
);

const modal = z
  .strictObject({
    type: z.literal('modal'),
    callback_id: text(1, 255).optional(),
    private_metadata: text(0, 3_000).optional(),
    title: plain(24),
    submit: plain(24).optional(),
    close: plain(24).optional(),
    blocks: blocks(100).min(1),
  })
  .refine(({ submit, blocks: all }) => submit !== undefined || all.every(({ type }) => type !== 'input'), 'no submit');
const home = z.strictObject({
  type: z.literal('home'),
  callback_id: text(1, 255).optional(),
  private_metadata: text(0, 3_000).optional(),
  blocks: blocks(100),
});
export const modalView = modal;
export const homeView = home;
export type ModalPayload = z.output<typeof modal>;
export type HomePayload = z.output<typeof home>;

/** What Slack seems to count of all blocks together (bolt-js#2509, #2867): beyond it, `msg_blocks_too_long`. */
export const LONGEST_BLOCKS = 13_200;
export const LONGEST_VIEW = 250_000;
/** Of `text`: in an edit it is an error, in a post it is cut at ten times as much. */
export const LONGEST_TEXT = 4_000;

/** Why Slack would refuse a message, or undefined. For tests of renderers. */
export function refusalOf(message: { text: string; blocks: unknown }): string | undefined {
  if (!wellFormed(message.text)) return 'text: lone surrogate';
  if (message.text.trim() === '') return 'no_text';
  if (message.text.length > LONGEST_TEXT) return 'msg_too_long';
  const parsed = messageBlocks.safeParse(message.blocks);
  if (!parsed.success) return `invalid_blocks: ${z.prettifyError(parsed.error)}`;
  return JSON.stringify(message.blocks).length > LONGEST_BLOCKS ? 'msg_blocks_too_long' : undefined;
}
