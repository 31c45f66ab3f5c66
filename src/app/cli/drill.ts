import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../../engine/model/errors.js';
import { isTerminal, RECOVERY_STATES } from '../../engine/model/recovery.js';
import { createAsk } from '../validate/ask.js';

export interface DrillFlags {
  url: string;
  runbook?: string;
  strategy?: string;
  reason?: string;
  dryRun: boolean;
}

const drillSeen = z.object({
  id: z.string(),
  state: z.enum(RECOVERY_STATES),
  steps: z.array(z.object({ name: z.string(), state: z.string(), summary: z.string().optional() })),
  may_approve: z.array(z.string()),
  outcome: z.object({ message: z.string() }).nullable(),
  drill: z.object({ to_notice_ms: z.number().optional(), to_recover_ms: z.number().optional() }).optional(),
});
type DrillSeen = z.infer<typeof drillSeen>;
const problem = z.object({ detail: z.string() });
const planned = z.object({ steps: z.array(z.object({ name: z.string() })), previews: z.array(z.string()) });

const LOOK_EVERY_MS = 1_000;

/**
 * Asks for a drill over HTTP and tells how it goes until it ends. SIGINT aborts it, and waits until the service runs again. Exit code 0: the plan is
 * proven. The token comes from the environment: others can read arguments.
 */
export async function drillCommand(service: string, flags: DrillFlags, print: (line: string) => void): Promise<void> {
  const token = process.env.REVIVER_TOKEN;
  if (!token)
    throw new UserError(
      'invalid_input',
      'There is no token. Put one into the variable REVIVER_TOKEN; make one with: reviver token create --name drill --role responder',
    );
  const { url, dryRun, runbook, strategy, reason } = flags;
  const ask = createAsk(url, token, new AbortController().signal);
  const body = { runbook, strategy, reason, ...(dryRun ? { dry_run: true } : {}) };
  const asked = await ask('POST', `/drills/${encodeURIComponent(service)}`, { body });
  if (asked.status >= 400) throw new UserError('conflict', problem.parse(asked.body).detail);
  if (dryRun) {
    const { steps, previews } = planned.parse(asked.body);
    for (const [index, { name }] of steps.entries()) print(`${index + 1}. ${name}: ${previews[index] ?? ''}`);
    return;
  }
  const { id } = drillSeen.parse(asked.body);
  print(`${id}: Ctrl-C aborts the drill; ${service} is then started again.`);
  const abort = () => void ask('POST', `/recoveries/${id}/cancel`, { body: {} }).catch(() => undefined);
  process.on('SIGINT', abort);
  try {
    const ended = await follow(id, ask, print);
    for (const line of result(ended)) print(line);
    process.exitCode = ended.state === 'SUCCEEDED' ? 0 : 1;
  } finally {
    process.off('SIGINT', abort);
  }
}

async function follow(
  id: string,
  ask: ReturnType<typeof createAsk>,
  print: (line: string) => void,
): Promise<DrillSeen> {
  let told = '';
  for (;;) {
    const seen = drillSeen.parse((await ask('GET', `/recoveries/${id}`)).body);
    if (isTerminal(seen.state)) return seen;
    const now = doing(seen);
    if (now !== told) print(now);
    told = now;
    await delay(LOOK_EVERY_MS);
  }
}

function doing({ id, state, steps, may_approve }: DrillSeen): string {
  if (state === 'AWAITING_APPROVAL')
    return `${id} waits to be approved by ${may_approve.join(', ') || 'nobody who may'}`;
  const step = steps.find((one) => one.state === 'running') ?? steps.find((one) => one.state === 'pending');
  return `${id} ${state}${step ? `: ${step.name}` : ''}`;
}

function result({ id, state, outcome, drill }: DrillSeen): string[] {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const { to_notice_ms: notice, to_recover_ms: recover } = drill ?? {};
  return [
    `${id} ${state}${outcome?.message ? `: ${outcome.message}` : ''}`,
    ...(notice === undefined ? [] : [`noticed after ${seconds(notice)}`]),
    ...(recover === undefined ? [] : [`well again ${seconds(recover)} later`]),
  ];
}
