import { rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { TimeOver } from '../health/within.js';
import { formatDuration, parseDuration } from '../model/duration.js';
import { redact } from '../model/redact.js';
import { ActionError } from './action.js';
import { defineAction } from './define-action.js';
import { duration, HOUR_MS, text } from './fields.js';
import { countChanges, hasChanges, inWords } from './terraform/changes.js';
import { failureOf, undeclared } from './terraform/diagnostics.js';
import { folderOfConfiguration } from './terraform/folder.js';
import { glimpse } from './terraform/glimpse.js';
import { planText, runTold, showPlan, stateMark, TERRAFORM_ENDS_WITHIN_MS } from './terraform/program.js';
import { emptyFolder, planFile, requireFolder, seal } from './terraform/saved-plan.js';

const VARS = 'a mapping of variable names to values, such as { region: "eu-1" }';
const DEFAULT_TIMEOUT = '10m';
/** Characters of the plan that a result keeps; the whole is in the file. */
const MAX_TEXT = 8_000;
/** Characters of it in the thread, where whoever approves reads it. */
const MAX_LINE = 3_000;
/** `-detailed-exitcode`. */
const CHANGES = 2;

const input = z.strictObject({
  dir: folderOfConfiguration,
  vars: z
    .record(z.string(), z.json(), { error: VARS })
    .refine((vars) => Object.keys(vars).every((name) => /^[A-Za-z_][\w-]*$/.test(name)), { error: VARS })
    .optional(),
  var_file: text('the path of a .tfvars file').optional(),
  timeout: duration(HOUR_MS, '1h').optional(),
});

export const terraformPlan = defineAction({
  name: 'terraform_plan',
  description: 'Saves what Terraform would change as a plan, for terraform_apply; changes nothing.',
  version: 1,
  input,
  shorthand: 'dir',
  risk: 0.05,
  // Another plan harms nobody; it takes the place of the one before.
  idempotent: true,
  spawns: true,
  timeoutMs: HOUR_MS,
  endsWithinMs: TERRAFORM_ENDS_WITHIN_MS,
  services: () => [],
  title: ({ dir }) => `Plan Terraform in ${dir}`,

  async run({ dir, vars = {}, var_file: varFile, timeout = DEFAULT_TIMEOUT }, ctx) {
    await requireFolder(dir);
    if (varFile !== undefined) await requireFile(resolve(dir, varFile));
    const folder = await emptyFolder(ctx);
    const given = join(folder, 'given.tfvars.json');
    const ms = parseDuration(timeout);
    try {
      // A file, since the arguments of a program can be read by everybody on the machine. Later ones win.
      await writeFile(given, JSON.stringify(vars), { mode: 0o600 });
      const files = [...(varFile === undefined ? [] : [resolve(dir, varFile)]), given].map(
        (file) => `-var-file=${file}`,
      );
      const flags = ['-json', '-input=false', '-lock-timeout=5s', '-detailed-exitcode', `-out=${planFile(folder)}`];
      const ran = await runTold(ctx, dir, ['plan', ...flags, ...files], ms);
      const [stranger] = undeclared(ran, Object.keys(vars));
      if (stranger !== undefined) throw noVariable(stranger, dir);
      if (ran.exitCode !== 0 && ran.exitCode !== CHANGES)
        throw failureOf(`terraform plan in ${dir}`, ran, ran.exitCode, ran.stderr, 'Nothing was changed.');
      const plan = await showPlan(ctx, dir, planFile(folder));
      const shown = redact(await planText(ctx, dir, planFile(folder))).trim();
      const { key, sha256 } = await seal(folder, ctx.runKey, dir);
      const counts = countChanges(plan);
      ctx.log(clipped(shown, MAX_LINE), { plan: key });
      return {
        summary: hasChanges(plan) ? inWords(counts) : 'no changes',
        has_changes: hasChanges(plan),
        ...counts,
        plan: key,
        sha256,
        ...(await stateMark(ctx, dir)),
        plan_text: clipped(shown, MAX_TEXT),
      };
    } catch (error) {
      // Nobody may apply half of what was planned.
      await rm(folder, { recursive: true, force: true });
      ctx.signal.throwIfAborted();
      if (!(error instanceof TimeOver)) throw error;
      const message = `terraform plan in ${dir} was interrupted after ${formatDuration(ms)}. Nothing was changed.`;
      throw new ActionError(message, { code: 'terraform_timeout' });
    } finally {
      await rm(given, { force: true });
    }
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'a plan changes nothing and can be made again' }),

  preview: async ({ dir }) =>
    `would plan ${dir}: ${await glimpse(dir)}; what would change is known when terraform has planned it, and a dry run starts no program`,
});

function clipped(shown: string, most: number): string {
  return shown.length > most ? `${shown.slice(0, most)}\n... (${shown.length} characters)` : shown;
}

async function requireFile(file: string): Promise<void> {
  if ((await stat(file).catch(() => undefined))?.isFile()) return;
  throw new ActionError(`There is no file ${file} on this node. Nothing was changed.`, {
    code: 'no_file',
    retryable: false,
  });
}

function noVariable(name: string, dir: string): ActionError {
  const message = `${name} is no variable of ${dir}, so what it was given for would not happen. Nothing was changed; mend vars.`;
  return new ActionError(message, { code: 'terraform_vars', retryable: false });
}
