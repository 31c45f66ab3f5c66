import { formatDuration } from '../../../engine/model/duration.js';
import type { ActionCall, Plan, PlannedStep } from '../../../engine/model/plan.js';
import { NO_RETRY } from '../../../engine/model/retry-policy.js';
import { riskLevel } from '../../../engine/planner/risk.js';
import type { Installation } from '../../../engine/rehearsal/imagined-plan.js';
import { claimOrder } from '../../../engine/use-cases/claim-order.js';
import { type ChosenFlags, choosePlan } from './chosen.js';
import { columns, type Paint, type Terminal, wrapped } from './terminal.js';

/** Prints what a runbook would do for a service, and what would be asked; nothing is looked at or done. */
export async function explainCommand(
  name: string,
  params: readonly string[],
  flags: ChosenFlags,
  { print, paint, env }: Terminal,
): Promise<number> {
  const { written, plan, installation, notes } = await choosePlan(name, params, flags, env);
  for (const note of notes) print(paint(note, 'dim'));
  for (const line of explanation(plan, installation, written.source.file, paint)) print(line);
  return 0;
}

export function explanation(plan: Plan, installation: Installation, file: string, paint: Paint): string[] {
  const { name, service, description, steps } = plan;
  const claims = claimOrder([service, ...steps.flatMap((step) => step.services)], installation.services);
  const params = Object.entries(plan.params).map(([key, value]) => `${key}=${String(value)}`);
  const facts = [
    ['Risk', riskText(plan)],
    ['Approval', approvalText(plan)],
    [
      'Claims',
      `${claims.join(', ')}: no other recovery may touch ${claims.length === 1 ? 'it' : 'them'} until the end`,
    ],
    ...(params.length > 0 ? [['With', params.join(', ')]] : []),
    [
      'At the end',
      plan.verified ? `${service} must be well, or it counts as failed` : `unverified: ${service} has no health check`,
    ],
  ];
  const asked = steps.flatMap((step, index) => (step.approval === 'always' ? [`${index + 1} (${step.name})`] : []));
  return [
    ...wrapped(paint(`${name} for ${service}`, 'bold') + (description ? `: ${description}` : '')),
    paint(`  ${file}`, 'dim'),
    '',
    ...columns(facts),
    ...(asked.length > 0 ? columns([['Asked again', `before step ${asked.join(' and ')}`]]) : []),
    '',
    ...steps.flatMap((step, index) => stepLines(step, index + 1, installation, paint)),
  ];
}

/** `0.75, high: freeze "Black Friday" until 2026-11-30 08:00 Europe/Berlin, shop depends on it` */
function riskText({ risk, riskReasons }: Plan): string {
  const level = riskLevel(risk);
  return `${risk}${level ? `, ${level}` : ''}${riskReasons.length > 0 ? `: ${riskReasons.join(', ')}` : ''}`;
}

function approvalText({ policy: { need, role, including, rule } }: Plan): string {
  if (need === 0) return `none (rule: ${rule})`;
  const who = need === 1 ? `1 ${role ?? 'person'}` : `${need} people of the role ${role ?? 'any'}`;
  return `${who}${including ? `, one of them a ${including}` : ''}, other than whoever asks (rule: ${rule})`;
}

function stepLines(step: PlannedStep, number: number, installation: Installation, paint: Paint): string[] {
  const rows = [
    ['does', callText(step)],
    ...(step.when === undefined ? [] : [['only when', step.when]]),
    ['risk', String(step.risk)],
    ['time', timeText(step)],
    ...(step.verify ? [['verified by', callText(step.verify)]] : []),
    ['undone by', undoText(step, installation)],
    ...(step.onFailure === 'rollback' ? [] : [['on failure', ON_FAILURE[step.onFailure]]]),
    ['after a crash', crashText(step, installation)],
    ...(step.pool === 'default' ? [] : [['pool', step.pool]]),
  ];
  return [
    `${String(number).padStart(2)}  ${paint(step.name, 'bold')}  ${paint(step.id, 'dim')}`,
    ...columns(rows, '      '),
  ];
}

const ON_FAILURE = { stop: 'ends there, and nothing is undone', continue: 'goes on with the next step' };

function callText({ action, input }: ActionCall): string {
  const given = Object.entries(input).map(
    ([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return given.length > 0 ? `${action} { ${given.join(', ')} }` : action;
}

function timeText({ timeoutMs, retry }: PlannedStep): string {
  const most = `at most ${formatDuration(timeoutMs)}`;
  if (retry.strategy === 'manual') return `${most}; after a failure a person decides`;
  return retry.maxRetryAttempts === NO_RETRY.maxRetryAttempts
    ? `${most}, once`
    : `${most}, up to ${retry.maxRetryAttempts} times`;
}

function undoText({ action, input, rollback }: PlannedStep, { actions }: Installation): string {
  if (rollback) return callText(rollback);
  if (rollback === null) return 'nothing: declared irreversible';
  const known = actions.get(action);
  if (!known?.inverse) return 'nothing';
  const call = known.imagine && known.inverse(input, known.imagine(input));
  return call ? `${call.action}, from what was there before` : 'what the action finds to undo';
}

function crashText({ action, verify, idempotent }: PlannedStep, { actions }: Installation): string {
  if (verify) return `its verify tells whether it was done${idempotent ? '; else it is run again' : ''}`;
  if (idempotent) return 'it is run again';
  return actions.get(action)?.probe
    ? 'reality is looked at; where that gives no answer, a person decides'
    : 'a person decides';
}
