import { lint } from '../../../engine/lint/lint.js';
import { UserError } from '../../../engine/model/errors.js';
import { type Format, formatFindings } from './format-findings.js';
import type { Terminal } from './terminal.js';
import { openWorkbench, type WorkbenchFlags } from './workbench.js';

export interface LintFlags extends WorkbenchFlags {
  format: Format;
  /** Warnings count as errors. */
  strict: boolean;
}

/** Exit code: 0 nothing to mend, or warnings alone; 1 errors. What stops lint itself is thrown. */
export async function lintCommand(
  files: readonly string[],
  flags: LintFlags,
  { print, paint, env }: Terminal,
): Promise<number> {
  const { written, broken, surroundings, notes } = await openWorkbench(files, flags, env);
  const findings = [...broken];
  for (const one of written) findings.push(...(await lint(one, surroundings)));
  const looked = written.length + new Set(broken.map(({ file }) => file)).size;
  if (looked === 0)
    throw new UserError(
      'not_found',
      'There is no runbook to look at. Name files or a folder, or set REVIVER_RUNBOOKS.',
    );
  if (flags.format === 'text') for (const note of notes) print(paint(note, 'dim'));
  for (const line of formatFindings(findings, looked, flags.format, paint)) print(line);
  return findings.some(({ severity }) => severity === 'error' || flags.strict) ? 1 : 0;
}
