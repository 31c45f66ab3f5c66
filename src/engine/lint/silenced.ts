import { LAST_RULE, RULES } from './rules.js';

const COMMENT = /^\s*#\s*reviver-lint-disable-next-line\s+(.+)$/;

export interface Silenced {
  isSilenced(rule: string, line: number): boolean;
  /** Names in such comments that are no rules. */
  strangers: { rule: string; line: number }[];
}

/** What comments in a file silence: `# reviver-lint-disable-next-line no-rollback, no-verify`, on a line of its own. */
export function silencedIn(text: string): Silenced {
  const known = new Set([...RULES, LAST_RULE].map(({ id }) => id));
  const said = text.split('\n').flatMap((content, index) => {
    const [, names = ''] = COMMENT.exec(content) ?? [];
    return names
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((rule) => ({ rule, line: index + 1 }));
  });
  return {
    isSilenced: (rule, line) => said.some((one) => one.rule === rule && one.line === line - 1),
    strangers: said.filter(({ rule }) => !known.has(rule)),
  };
}
