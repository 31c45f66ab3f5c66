import type { Finding } from '../../../engine/lint/lint.js';
import { type Paint, wrapped } from './terminal.js';

export const FORMATS = ['text', 'json', 'github'] as const;
export type Format = (typeof FORMATS)[number];

/** How findings are printed; `paint` colours words, or leaves them as they are. */
export function formatFindings(findings: readonly Finding[], looked: number, format: Format, paint: Paint): string[] {
  return { text: asText, json: asJson, github: asGithub }[format](findings, looked, paint);
}

function asText(findings: readonly Finding[], looked: number, paint: Paint): string[] {
  const lines = findings.flatMap(({ file, line, column, severity, rule, says, mend }) => [
    `${file}:${line}:${column} ${paint(severity, severity === 'error' ? 'red' : 'yellow')} ${rule}`,
    ...wrapped(says, '    '),
    ...wrapped(mend, '    → ', '      ').map((text) => paint(text, 'dim')),
  ]);
  return [...lines, summary(findings, looked, paint)];
}

function summary(findings: readonly Finding[], looked: number, paint: Paint): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const what = looked === 1 ? '1 runbook' : `${looked} runbooks`;
  if (findings.length === 0) return paint(`${what}: nothing to mend.`, 'green');
  const counts = [errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : ''].filter(
    Boolean,
  );
  return `${what}: ${counts.join(', ')}.`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}

function asJson(findings: readonly Finding[], looked: number): string[] {
  return [JSON.stringify({ runbooks: looked, findings }, null, 2)];
}

/** Workflow commands: GitHub shows them beside the lines of a pull request. */
function asGithub(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ file, line, column, severity, rule, says, mend }) =>
      `::${severity} file=${property(file)},line=${line},col=${column},title=${property(rule)}::${data(`${says} ${mend}`)}`,
  );
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
