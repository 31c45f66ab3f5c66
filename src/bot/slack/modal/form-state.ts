import { type FormAnswers, formCommand } from '../../form-choices.js';
import type { FormChoices, FormParameter } from '../../port.js';
import type { View } from '../intake/payloads.js';
import type { Words } from '../words.js';
import { nameOf, short } from './option-value.js';

/** Blocks of the form. Those that depend on a choice are named after it, so that they begin anew with it. */
export const BLOCKS = {
  service: 'service',
  plan: (service: string) => `plan:${short(service)}`,
  param: (runbook: string, index: number) => `param:${short(runbook)}:${index}`,
  dryRun: 'dry-run',
  reason: 'reason',
};
/** Elements that draw the form anew, and the others. */
export const REDRAW = 'form:choose';
export const VALUE = 'form:value';
export const MOST_PARAMETERS = 20;
/** What the tokeniser takes. */
const LONGEST_COMMAND = 2_000;

/** What is chosen so far. */
export interface Chosen {
  service?: string;
  runbook?: string;
  strategy?: string;
}

type Values = NonNullable<View['state']>['values'];

/** Only what is still offered counts. */
export function chosenIn(view: View, choices: FormChoices): Chosen {
  const values = view.state?.values ?? {};
  const names = choices.services.map(({ name }) => name);
  const typed = single(values, BLOCKS.service) ?? '';
  const service = nameOf(typed, 'service', names) ?? names.find((name) => name === typed);
  const offered = choices.services.find(({ name }) => name === service);
  if (service === undefined || !offered) return {};
  const plan = single(values, BLOCKS.plan(service)) ?? '';
  const runbook = nameOf(plan, 'runbook', offered.runbooks);
  const strategy = nameOf(plan, 'strategy', offered.strategies);
  return { service, ...(runbook === undefined ? {} : { runbook }), ...(strategy === undefined ? {} : { strategy }) };
}

/** The command that a submitted form stands for, or what is wrong with it, by block. */
export function submitted(
  view: View,
  choices: FormChoices,
  words: Words,
): { command: string } | { errors: Record<string, string> } {
  const values = view.state?.values ?? {};
  const chosen = chosenIn(view, choices);
  const { service } = chosen;
  if (service === undefined) {
    const given = single(values, BLOCKS.service);
    const name = given?.replace(/^service:/, '');
    return { errors: { [BLOCKS.service]: name ? words.notThere(name) : words.chooseService } };
  }
  const plan = single(values, BLOCKS.plan(service));
  if (plan !== undefined && /^(runbook|strategy):/.test(plan) && !chosen.runbook && !chosen.strategy)
    return { errors: { [BLOCKS.plan(service)]: words.notThere(plan.replace(/^\w+:/, '')) } };
  const { params, errors } = parameters(values, chosen.runbook, choices, words);
  if (Object.keys(errors).length > 0) return { errors };
  const reason = text(values, BLOCKS.reason);
  const answers: FormAnswers = {
    ...chosen,
    service,
    params,
    dryRun: (values[BLOCKS.dryRun]?.[VALUE]?.selected_options?.length ?? 0) > 0,
    ...(reason === undefined ? {} : { reason }),
  };
  const command = formCommand(answers);
  return command.length > LONGEST_COMMAND ? { errors: { [BLOCKS.reason]: words.tooLong } } : { command };
}

/** What differs from its default; an empty field means the default. */
function parameters(values: Values, runbook: string | undefined, choices: FormChoices, words: Words) {
  const params: Record<string, string> = {};
  const errors: Record<string, string> = {};
  if (runbook === undefined) return { params, errors };
  for (const [index, parameter] of (choices.parameters[runbook] ?? []).slice(0, MOST_PARAMETERS).entries()) {
    const block = BLOCKS.param(runbook, index);
    const given = text(values, block);
    const wrong = fault(parameter, given, words);
    if (wrong !== undefined) errors[block] = wrong;
    else if (given !== undefined && given !== parameter.default) params[parameter.name] = given;
  }
  return { params, errors };
}

const FITS: Record<string, (given: string) => boolean> = {
  number: (given) => Number.isFinite(Number(given)),
  integer: (given) => Number.isInteger(Number(given)),
  boolean: (given) => given === 'true' || given === 'false',
};

function fault(parameter: FormParameter, given: string | undefined, words: Words): string | undefined {
  if (given === undefined) return parameter.default === undefined ? words.needed(parameter.name) : undefined;
  const fits = Object.hasOwn(FITS, parameter.type) ? FITS[parameter.type] : undefined;
  return fits === undefined || fits(given) ? undefined : words.notA(parameter.name, parameter.type);
}

function single(values: Values, block: string): string | undefined {
  const element = values[block]?.[REDRAW] ?? values[block]?.[VALUE];
  return element?.selected_option?.value ?? element?.value ?? undefined;
}

function text(values: Values, block: string): string | undefined {
  return values[block]?.[VALUE]?.value?.trim() || undefined;
}
