/** `ok`: in order; `warning`: works, but not as it should; `broken`: must be mended. */
export interface Finding {
  state: 'ok' | 'warning' | 'broken';
  /** Which check it is of, one or two words. */
  about: string;
  /** What is so, without a full stop. */
  what: string;
  /** What a person can do about it: a whole sentence. */
  mend?: string;
}

/** One look at one thing. Never changes anything. */
export type Check = (signal: AbortSignal) => Promise<Finding[]>;

const SIGNS: Record<Finding['state'], string> = { ok: '✓', warning: '!', broken: '✗' };
const INDENT = 18;

/** `✓ redis         7.0.15 answers`, and below what to do where something is to be done. */
export function formatFindings(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ state, about, what, mend }) => {
    const [first = '', ...rest] = what.split('\n');
    const head = `${SIGNS[state]} ${about}`.padEnd(INDENT - 1);
    return [
      `${head} ${first}`,
      ...[...rest, ...(mend ? [`To mend: ${mend}`] : [])].map((line) => ' '.repeat(INDENT) + line),
    ];
  });
}

export function summarise(findings: readonly Finding[]): string {
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  const [broken, warnings] = [count('broken'), count('warning')];
  if (broken + warnings === 0) return 'Everything is in order.';
  const parts = [broken > 0 ? `${broken} broken` : '', warnings > 0 ? `${warnings} could be better` : ''];
  return `${parts.filter(Boolean).join(', ')}, ${count('ok')} in order.`;
}
