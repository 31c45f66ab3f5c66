import { relative } from 'node:path';
import { UserError } from '../model/errors.js';
import { createKnownKeys } from '../yaml/known-keys.js';
import { describeProblem, expectation, type Problem, problemsOf } from '../yaml/problem.js';
import { parseSource, type Source } from '../yaml/source.js';
import { type Runbook, runbookSchema } from './runbook.js';
import { RUNBOOK_LIMITS, readRunbookText, runbookFiles } from './runbook-files.js';

/** Every runbook below a folder; one broken file names its file, line and column, and nothing is loaded. */
export async function loadRunbooks(folder: string): Promise<Runbook[]> {
  const runbooks: Runbook[] = [];
  for (const path of await runbookFiles(folder)) {
    const file = relative(process.cwd(), path);
    const runbook = parseRunbook(await readRunbookText(path), file);
    if (runbooks.some(({ id }) => id === runbook.id))
      throw new UserError('invalid_input', `${file}: runbook id "${runbook.id}" is used twice.`);
    runbooks.push(runbook);
  }
  return runbooks;
}

/** Parses and checks one runbook; each mistake is a line: `file:line:column path: what is allowed. Did you mean ...?` */
export function parseRunbook(text: string, file: string): Runbook {
  const source = parseSource(text, file, RUNBOOK_LIMITS);
  const { runbook, problems } = checkRunbook(source);
  if (runbook) return runbook;
  throw new UserError('invalid_input', problems.map((problem) => describeProblem(problem, source)).join('\n'));
}

/** What a file holds, or everything that is wrong with its form. */
export function checkRunbook({
  data,
}: Pick<Source, 'data'>): { runbook: Runbook; problems: [] } | { runbook?: undefined; problems: Problem[] } {
  const checked = runbookSchema.safeParse(data, { error: expectation });
  if (checked.success) return { runbook: checked.data, problems: [] };
  return { problems: problemsOf(checked.error, data, createKnownKeys(runbookSchema)).slice(0, MOST_PROBLEMS) };
}

/** More would not be read. */
const MOST_PROBLEMS = 20;
