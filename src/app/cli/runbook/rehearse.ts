import type { Written } from '../../../engine/lint/lint.js';
import { type Places, placesOf } from '../../../engine/lint/places.js';
import { stepsIn } from '../../../engine/lint/steps.js';
import type { Plan } from '../../../engine/model/plan.js';
import type { Ending } from '../../../engine/rehearsal/ending.js';
import { faultText } from '../../../engine/rehearsal/fault.js';
import type { Shortcoming } from '../../../engine/rehearsal/judge.js';
import { type Rehearsal, rehearse } from '../../../engine/rehearsal/rehearse.js';
import { type ChosenFlags, choosePlan } from './chosen.js';
import { columns, type Paint, type Terminal, wrapped } from './terminal.js';

export interface RehearseFlags extends ChosenFlags {
  /** The services do not run when it begins; else they run, and are ill. */
  stopped: boolean;
  format: 'text' | 'json';
}

/** Exit code: 0 as it should be; 1 something stays that nobody declared, or a test of the runbook does not hold. */
export async function rehearseCommand(
  name: string,
  params: readonly string[],
  { stopped, format, ...flags }: RehearseFlags,
  { print, paint, env }: Terminal,
): Promise<number> {
  const { written, plan, installation, notes } = await choosePlan(name, params, flags, env);
  const { tests } = written.runbook;
  const places = placesOf(await stepsIn(written.runbook.steps, {}, installation.actions), plan.steps);
  const rehearsal = await rehearse(plan, tests, { actions: installation.actions, running: !stopped });
  if (format === 'json') print(JSON.stringify({ runbook: plan.name, service: plan.service, ...rehearsal }, null, 2));
  else
    for (const line of [...notes.map((note) => paint(note, 'dim')), ...report(rehearsal, plan, written, places, paint)])
      print(line);
  return rehearsal.shortcomings.length > 0 ? 1 : 0;
}

export function report(
  { endings, shortcomings }: Rehearsal,
  plan: Plan,
  written: Written,
  places: Places,
  paint: Paint,
): string[] {
  const about = `${plan.name} for ${plan.service}, ${count(plan.steps.length, 'step')}, rehearsed: nothing is touched. When a worker has died, a look at reality tells that the step was done, was not done, or nothing.`;
  const whole = endings.filter(({ fault }) => fault.kind === 'none');
  return [
    ...wrapped(about),
    '',
    paint(`    ${'what goes wrong'.padEnd(FAULT)}  ${'ends'.padEnd(STATE)}  then`, 'dim'),
    ...columns(whole.map(row), '    '),
    ...plan.steps.flatMap((step, index) => [
      `${String(index + 1).padStart(2)}  ${paint(step.name, 'bold')}  ${paint(step.id, 'dim')}`,
      ...columns(endings.filter(({ fault }) => fault.kind !== 'none' && fault.step === step.id).map(row), '    '),
    ]),
    '',
    ...shortcomings.flatMap((shortcoming) => shortcomingLines(shortcoming, written, places, paint)),
    verdict(endings.length, written.runbook.tests.length, shortcomings.length, paint),
  ];
}

/** Wide enough for all, so that the rows of all steps stand below each other. */
const [FAULT, STATE] = [21, 15];

function row(ending: Ending): string[] {
  return [faultText(ending.fault).padEnd(FAULT), ending.state.padEnd(STATE), consequence(ending)];
}

function consequence({ fault, state, undone, left, kept, offered }: Ending): string {
  const parts = [
    undone.length > 0 ? `undone: ${undone.join(', ')}` : '',
    left.length > 0 ? `stays: ${left.join(', ')}` : '',
    kept.length > 0 ? `declared irreversible: ${kept.join(', ')}` : '',
    state === 'AWAITING_MANUAL' ? `a person decides; Roll back would undo ${offered.join(', ') || 'nothing'}` : '',
    fault.kind === 'crash' && state === 'SUCCEEDED' && fault.seen !== 'done' ? 'it is run again' : '',
  ];
  return parts.filter(Boolean).join('; ');
}

function shortcomingLines(
  { step, test, says, mend }: Shortcoming,
  { source, at }: Written,
  places: Places,
  paint: Paint,
): string[] {
  const path = test === undefined ? (places.get(step ?? '') ?? []) : ['tests', test];
  return [
    `${source.where([...at, ...path])} ${paint('error', 'red')}${step === undefined ? '' : ` ${step}`}`,
    ...wrapped(`${says}.`, '    '),
    ...wrapped(mend, '    → ', '      ').map((text) => paint(text, 'dim')),
  ];
}

function verdict(cases: number, tests: number, shortcomings: number, paint: Paint): string {
  const own = tests > 0 ? `, ${count(tests, 'test')} of its own` : '';
  if (shortcomings === 0)
    return paint(`Passed: ${count(cases, 'case')}${own}; no failing step leaves behind what nobody declared.`, 'green');
  return paint(`Failed: ${count(shortcomings, 'thing')} to mend, of ${count(cases, 'case')}${own}.`, 'red');
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
