import type { Action, BackupCatalog } from '../actions/action.js';
import { parseInput } from '../actions/parse-input.js';
import { parseShortStep } from '../actions/short-step.js';
import type { StepCall } from '../engine.js';
import { InvalidInput, type UserError } from '../model/errors.js';
import type { ActionCall, Plan } from '../model/plan.js';
import { redact } from '../model/redact.js';
import type { Service } from '../model/service.js';
import { holdsReference } from '../secrets/reference.js';
import { canonicalJson } from './digest.js';
import { nearest } from './nearest.js';

/** A team's own words for a step: `scale-out deployment`. */
export type StepAliases = ReadonlyMap<string, ActionCall>;

export interface SentPorts {
  actions: ReadonlyMap<string, Action>;
  stepAliases: StepAliases;
  backups: BackupCatalog;
  services(): readonly Service[];
}

/**
 * What a program's lines mean: a name of `step_aliases`, the short form, or a line of the plan that they come from. An
 * unknown one is an error that names it. JSON is understood as a line of that plan alone: whoever may send steps may not by
 * that run any program or query, which only a runbook that somebody has read may do.
 */
export function sentCalls(lines: readonly string[], from: Plan | undefined, ports: SentPorts): SentCall[] {
  return lines.map((text, index) => {
    const line = text.trim();
    const field = `steps[${index}]`;
    const { call, ...more } = meant(line, field, from, ports);
    const services = ports.actions.get(call.action)?.services(call.input, ports.backups) ?? [];
    refuseStranger(services, field, ports.services());
    return { ...call, pool: 'default', ...more, line: redact(line), services };
  });
}

export interface SentCall extends StepCall {
  services: readonly string[];
}

/** Aliases must mean something before anybody uses them, and must not hide a step that is written the same way. */
export function checkAliases({ stepAliases, actions }: Pick<SentPorts, 'stepAliases' | 'actions'>): void {
  for (const [alias, { action: name, input }] of stepAliases) {
    const where = `step_aliases.${alias}`;
    const action = actions.get(name);
    if (!action) throw new InvalidInput(where, name, `an action${meantToo(name, [...actions.keys()])}`);
    parseInput(action, input, where);
    const [first = ''] = alias.split(':');
    if (alias !== alias.trim() || actions.has(first.trim()) || alias.startsWith('{'))
      throw new InvalidInput(where, alias, 'a name that is no step by itself, without blanks around it');
  }
}

function meant(
  line: string,
  field: string,
  from: Plan | undefined,
  { stepAliases, actions }: SentPorts,
): { call: ActionCall; name?: string; pool?: string } {
  const alias = stepAliases.get(line);
  if (alias) return { call: alias, name: redact(line) };
  if (line.startsWith('{')) return ofPlan(line, field, from);
  const [name = ''] = line.split(':');
  if (!actions.has(name.trim())) throw unknownStep(line, name.trim(), field, { stepAliases, actions });
  const { action, input } = parseShortStep(line, actions, field);
  if (Object.values(input).some((text) => holdsReference(String(text))))
    throw new InvalidInput(field, redact(line), 'a step without references to secrets, which only a runbook names');
  const known = actions.get(action);
  return { call: { action, input: known ? parseInput(known, input, field) : input } };
}

function ofPlan(line: string, field: string, from: Plan | undefined): { call: ActionCall; pool: string } {
  const found = from?.steps.filter((_, at) => from.lines?.[at] === line) ?? [];
  const [step] = found;
  const calls = new Set(found.map(({ action, input }) => canonicalJson({ action, input })));
  if (!step || calls.size > 1)
    throw new InvalidInput(
      field,
      line,
      'JSON only where it is a step of the plan that id names, as POST /plan gave it; else the short form, or a name of step_aliases',
    );
  return { call: { action: step.action, input: step.input }, pool: step.pool };
}

function unknownStep(
  line: string,
  name: string,
  field: string,
  { stepAliases, actions }: Pick<SentPorts, 'stepAliases' | 'actions'>,
): UserError {
  const alias = nearest(line, [...stepAliases.keys()]);
  const action = nearest(name, [...actions.keys()]);
  const guess = alias ?? (action && `${action}${line.slice(line.indexOf(name) + name.length)}`);
  const hint = guess === undefined ? '' : `. Did you mean "${redact(guess)}"?`;
  return new InvalidInput(
    field,
    redact(line),
    `an action with its object, such as "restart_service: web", or a name of step_aliases in the configuration${hint}`,
  );
}

function refuseStranger(names: readonly string[], field: string, services: readonly Service[]): void {
  const known = services.map(({ name }) => name);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw new InvalidInput(field, stranger, `a service of the configuration${meantToo(stranger, known)}`);
}

function meantToo(name: string, known: readonly string[]): string {
  const guess = nearest(name, known);
  return guess === undefined ? '' : `. Did you mean ${guess}?`;
}
