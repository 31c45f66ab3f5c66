import type { Finding, Written } from '../../../engine/lint/lint.js';
import { UserError } from '../../../engine/model/errors.js';
import type { JsonObject } from '../../../engine/model/json.js';
import type { Plan } from '../../../engine/model/plan.js';
import { type Installation, imaginedPlan } from '../../../engine/rehearsal/imagined-plan.js';
import { installationFor } from '../../../engine/rehearsal/installation-for.js';
import { openWorkbench, type WorkbenchFlags } from './workbench.js';

/** One runbook with its plan, as it would be made for a service. */
export interface Chosen {
  written: Written;
  plan: Plan;
  installation: Installation;
  notes: string[];
}

export interface ChosenFlags extends WorkbenchFlags {
  /** Absent: the first of the runbook's match.services. */
  service?: string;
}

/** @param params `key=value`, as they are given in chat */
export async function choosePlan(
  name: string,
  params: readonly string[],
  { service, ...flags }: ChosenFlags,
  env: NodeJS.ProcessEnv,
): Promise<Chosen> {
  const { written, broken, surroundings, notes } = await openWorkbench([name], flags, env);
  const [only, second] = written;
  if (broken.length > 0) throw new UserError('invalid_input', broken.map(told).join('\n'));
  if (!only) throw new UserError('invalid_input', `There is no runbook in ${name}.`);
  if (second) throw new UserError('invalid_input', `${name} holds ${written.length} runbooks. Name one of them.`);
  const { runbook } = only;
  const target =
    service ??
    serviceOf(
      runbook.match.services,
      surroundings.configured?.services.map((one) => one.name),
    );
  if (target === undefined)
    throw new UserError(
      'invalid_input',
      `${runbook.id} names no service under match. Say for which it is: --service NAME.`,
    );
  const installation = installationFor(runbook, target, surroundings);
  const plan = await imaginedPlan(
    { runbook: runbook.id, service: target, params: readParams(params) },
    installation,
    new Date(),
  );
  return { written: only, plan, installation, notes };
}

/** The first that exists, so that an example is about something real. */
function serviceOf(matched: readonly string[], configured: readonly string[] | undefined): string | undefined {
  return matched.find((name) => configured?.includes(name)) ?? matched[0];
}

/** @param params `key=value`, as they are given in chat */
export function readParams(params: readonly string[]): JsonObject {
  return Object.fromEntries(
    params.map((given) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(given) ?? [];
      if (key === undefined || value === undefined)
        throw new UserError('invalid_input', `"${given}" is no parameter. Write key=value.`);
      return [key, value];
    }),
  );
}

function told({ file, line, column, says, mend }: Finding): string {
  return `${file}:${line}:${column} ${says} ${mend}`;
}
