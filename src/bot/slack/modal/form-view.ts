import type { types } from '@slack/bolt';
import type { FormChoices, FormParameter } from '../../port.js';
import { cut, flat } from '../render/fit.js';
import type { Words } from '../words.js';
import { BLOCKS, type Chosen, MOST_PARAMETERS, REDRAW, VALUE } from './form-state.js';
import { optionValue } from './option-value.js';

/** The form's name in what Slack sends. */
export const FORM = 'recover_form';
/** Limits of Block Kit. */
const LABEL = 75;
const HINT = 150;
const MOST_OPTIONS = 100;
/** A view must stay below 250 kB: with more services the name is typed. */
const MOST_SERVICES = 1_000;
const LONGEST_REASON = 300;

const plain = (text: string, max = LABEL): types.PlainTextElement => ({
  type: 'plain_text',
  text: cut(flat(text), max) || '…',
  emoji: false,
});
const option = (kind: string, name: string): types.PlainTextOption => ({
  text: plain(name),
  value: optionValue(kind, name),
});

/** What is shown at once, before anything was looked up. */
export function loadingView(words: Words, place: string): types.ModalView {
  return modal(words, place, [{ type: 'section', text: plain(words.loading, 3_000) }]);
}

export function messageView(words: Words, place: string, text: string): types.ModalView {
  return modal(words, place, [{ type: 'section', text: plain(text, 3_000) }]);
}

/** The form as it is after what was chosen so far. */
export function formView(choices: FormChoices, chosen: Chosen, words: Words, place: string): types.ModalView {
  if (choices.services.length === 0) return messageView(words, place, words.noServices);
  const offered = choices.services.find(({ name }) => name === chosen.service);
  const plans = offered === undefined ? [] : planBlock(offered, chosen, words);
  const params = chosen.runbook === undefined ? [] : (choices.parameters[chosen.runbook] ?? []);
  const { runbook = '' } = chosen;
  return {
    ...modal(words, place, [
      serviceBlock(choices, chosen, words),
      ...plans,
      ...params
        .slice(0, MOST_PARAMETERS)
        .map((parameter, index) => paramBlock(parameter, BLOCKS.param(runbook, index))),
      dryRunBlock(words),
      reasonBlock(words),
    ]),
    submit: plain(words.submit, 24),
  };
}

function modal(words: Words, place: string, blocks: types.KnownBlock[]): types.ModalView {
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: place,
    title: plain(words.formTitle, 24),
    close: plain(words.close, 24),
    blocks,
  };
}

function serviceBlock({ services }: FormChoices, { service }: Chosen, words: Words): types.InputBlock {
  const label = plain(words.service);
  if (services.length > MOST_SERVICES) {
    const element: types.PlainTextInput = {
      type: 'plain_text_input',
      action_id: REDRAW,
      dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
    };
    return { type: 'input', block_id: BLOCKS.service, dispatch_action: true, label, element };
  }
  const all = services.map(({ name }) => option('service', name));
  const first = all.find(({ value }) => service !== undefined && value === optionValue('service', service));
  const element: types.StaticSelect = {
    type: 'static_select',
    action_id: REDRAW,
    placeholder: plain(words.chooseService, HINT),
    ...(all.length <= MOST_OPTIONS ? { options: all } : { option_groups: groups(all) }),
    ...(first ? { initial_option: first } : {}),
  };
  return { type: 'input', block_id: BLOCKS.service, dispatch_action: true, label, element };
}

/** `a – f`: options by the hundred, in their order. */
function groups(all: types.PlainTextOption[]) {
  const count = Math.ceil(all.length / MOST_OPTIONS);
  return Array.from({ length: count }, (_, index) => {
    const options = all.slice(index * MOST_OPTIONS, (index + 1) * MOST_OPTIONS);
    const ends = [options[0], options.at(-1)].map((each) => cut(each?.text.text ?? '', 30));
    return { label: plain(ends.join(' – ')), options };
  });
}

function planBlock(
  { name, runbooks, strategies }: FormChoices['services'][number],
  chosen: Chosen,
  words: Words,
): types.InputBlock[] {
  if (runbooks.length === 0 && strategies.length === 0) return [];
  const best: types.PlainTextOption = { text: plain(words.bestPlan), value: 'best' };
  const kinds = [
    { label: words.runbooks, options: runbooks.slice(0, MOST_OPTIONS).map((id) => option('runbook', id)) },
    { label: words.strategies, options: strategies.slice(0, MOST_OPTIONS).map((each) => option('strategy', each)) },
  ];
  const wanted =
    chosen.runbook !== undefined
      ? option('runbook', chosen.runbook)
      : chosen.strategy !== undefined
        ? option('strategy', chosen.strategy)
        : best;
  const element: types.StaticSelect = {
    type: 'static_select',
    action_id: REDRAW,
    option_groups: [
      { label: plain(words.plan), options: [best] },
      ...kinds
        .filter(({ options }) => options.length > 0)
        .map(({ label, options }) => ({ label: plain(label), options })),
    ],
    initial_option: wanted,
  };
  return [{ type: 'input', block_id: BLOCKS.plan(name), dispatch_action: true, label: plain(words.plan), element }];
}

function paramBlock({ name, type, default: preset }: FormParameter, block_id: string): types.InputBlock {
  // A preset of blanks would be an empty one, which Slack refuses.
  const shown = preset && cut(flat(preset), 1_000);
  const element: types.PlainTextInput = {
    type: 'plain_text_input',
    action_id: VALUE,
    max_length: 1_000,
    ...(shown ? { initial_value: shown } : {}),
    placeholder: plain(type, HINT),
  };
  return { type: 'input', block_id, optional: preset !== undefined, label: plain(name), element };
}

function dryRunBlock(words: Words): types.InputBlock {
  const element: types.Checkboxes = {
    type: 'checkboxes',
    action_id: VALUE,
    options: [{ text: plain(words.dryRunHint), value: 'yes' }],
  };
  return { type: 'input', block_id: BLOCKS.dryRun, optional: true, label: plain(words.dryRun), element };
}

function reasonBlock(words: Words): types.InputBlock {
  const element: types.PlainTextInput = {
    type: 'plain_text_input',
    action_id: VALUE,
    max_length: LONGEST_REASON,
  };
  return { type: 'input', block_id: BLOCKS.reason, optional: true, label: plain(words.reason), element };
}
