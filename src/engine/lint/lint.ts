import { UserError } from '../model/errors.js';
import { checkRunbook } from '../planner/load-runbooks.js';
import type { Runbook } from '../planner/runbook.js';
import { RUNBOOK_LIMITS } from '../planner/runbook-files.js';
import { pathText } from '../yaml/problem.js';
import { BadSource, type Place, parseSource, type Source } from '../yaml/source.js';
import type { Rule, Severity } from './rule.js';
import { LAST_RULE, RULES } from './rules.js';
import { silencedIn } from './silenced.js';
import { type Surroundings, subjectOf } from './subject.js';

/** A runbook, and where it is written: a file of its own, or a place in the configuration. */
export interface Written {
  runbook: Runbook;
  source: Source;
  /** Path of the runbook in the file; empty for a file of its own. */
  at: readonly PropertyKey[];
}

export interface Finding extends Place {
  file: string;
  /** Id of the rule; `form` for what cannot be read at all. */
  rule: string;
  severity: Severity;
  /** A sentence for people, which begins with the place in the runbook. */
  says: string;
  /** What to do. */
  mend: string;
}

/** Reads a file. What is wrong with its form is findings; nothing is thrown. */
export function readForLint(
  text: string,
  file: string,
): { written: Written } | { written?: undefined; findings: Finding[] } {
  try {
    const source = parseSource(text, file, RUNBOOK_LIMITS);
    const { runbook, problems } = checkRunbook(source);
    if (runbook) return { written: { runbook, source, at: [] } };
    const findings = problems.map(({ path, says, meant }) =>
      malformed(file, source.at(path), `${pathText(path)}: ${says}`, meant ? `Did you mean ${meant}?` : MEND_FORM),
    );
    return { findings };
  } catch (error) {
    return { findings: unreadable(error, file) };
  }
}

/** What a file that cannot be read is found to be. Throws what is a defect of ours. */
export function unreadable(error: unknown, file: string): Finding[] {
  if (error instanceof BadSource)
    return error.faults.map(({ says, ...place }) => malformed(file, place, says.replace(/\.$/, ''), MEND_YAML));
  if (error instanceof UserError) {
    const says = error.message.replace(`${file}: `, '').replace(`${file} `, '').replace(/\.$/, '');
    return [malformed(file, { line: 1, column: 1 }, says, 'Correct the file, or take it away.')];
  }
  throw error;
}

const MEND_FORM = 'docs/runbooks.md lists the keys and what they hold.';
const MEND_YAML = 'Correct the YAML there.';

function malformed(file: string, { line, column }: Place, says: string, mend: string): Finding {
  return { file, line, column, rule: 'form', severity: 'error', says: clean(`${says}.`), mend: clean(mend) };
}

/** Everything that the rules find in one runbook, in the order of its lines. */
export async function lint({ runbook, source, at }: Written, surroundings: Surroundings): Promise<Finding[]> {
  const subject = await subjectOf(runbook, surroundings);
  const { isSilenced, strangers } = silencedIn(source.text);
  const findings: Finding[] = [];
  const look = async (rule: Rule): Promise<void> => {
    for (const { path, says, mend = rule.fix } of await rule.find(subject)) {
      const place = source.at([...at, ...path]);
      const where = pathText([...at, ...path]);
      const { id, severity } = rule;
      if (isSilenced(id, place.line)) continue;
      findings.push({
        ...place,
        file: source.file,
        rule: id,
        severity,
        says: clean(`${where}: ${says}.`),
        mend: clean(mend),
      });
    }
  };
  for (const rule of RULES) await look(rule);
  if (findings.every(({ severity }) => severity !== 'error')) await look(LAST_RULE);
  const unknown = strangers.map(
    ({ line, rule }): Finding => ({
      file: source.file,
      line,
      column: 1,
      rule: 'unknown-rule',
      severity: 'warning',
      says: `there is no rule "${rule}", so this comment silences nothing.`,
      mend: 'docs/runbooks.md lists the rules.',
    }),
  );
  return [...findings, ...unknown].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** What stands in a file must not steer the terminal that shows it. */
function clean(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
