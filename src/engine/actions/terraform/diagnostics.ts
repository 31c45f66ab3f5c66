import { z } from 'zod';
import { redact } from '../../model/redact.js';
import { ActionError } from '../action.js';

const diagnostic = z.object({
  severity: z.enum(['error', 'warning']),
  summary: z.string(),
  detail: z.string().default(''),
});
const counted = z.object({ add: z.number(), change: z.number(), remove: z.number() });
const line = z.object({ type: z.string(), diagnostic: diagnostic.optional(), changes: counted.optional() });

export type Diagnostic = z.output<typeof diagnostic>;

export interface Told {
  diagnostics: Diagnostic[];
  /** What it says at its end that it did, or would do. */
  changes?: z.output<typeof counted>;
}

/** What a command said with `-json`; lines that are something else, such as one that was cut, are passed over. */
export function readTold(output: string): Told {
  const lines = output.split('\n').flatMap((text) => {
    try {
      return [line.parse(JSON.parse(text))];
    } catch {
      return [];
    }
  });
  const changes = lines.findLast(({ type }) => type === 'change_summary')?.changes;
  return {
    diagnostics: lines.flatMap(({ diagnostic: one }) => (one ? [one] : [])),
    ...(changes ? { changes } : {}),
  };
}

interface Reason {
  pattern: RegExp;
  code: string;
  retryable: boolean;
  /** True: Terraform says so before it touches anything. */
  before: boolean;
  advice: string;
}

/** What people can do about what Terraform refuses. */
const REASONS: readonly Reason[] = [
  {
    pattern: /acquiring the state lock/i,
    code: 'terraform_locked',
    retryable: true,
    before: true,
    advice:
      'Wait for whoever holds the lock; when that process is gone for certain, terraform force-unlock with the ID frees it.',
  },
  {
    pattern: /saved plan is stale|saved plan does not match/i,
    code: 'plan_stale',
    retryable: false,
    before: true,
    advice: 'Plan again, and have that plan approved.',
  },
  {
    pattern:
      /initializ|required plugins|module not installed|dependency lock file|backend configuration changed|missing required provider/i,
    code: 'terraform_init',
    retryable: false,
    before: true,
    advice: 'Run terraform init in that folder.',
  },
  {
    pattern: /undeclared variable|no value for required variable|invalid value for (input )?variable/i,
    code: 'terraform_vars',
    retryable: false,
    before: true,
    advice: 'Mend vars or var_file.',
  },
];

/** The first error of a command that ended by itself. `state` says what state things are in, where that is not known from the error. */
export function failureOf(what: string, told: Told, exitCode: number, stderr: string, state: string): ActionError {
  const [first] = told.diagnostics.filter(({ severity }) => severity === 'error');
  const said = first ? inWords(first) : lastLine(stderr) || `exit code ${exitCode}`;
  const reason = REASONS.find(({ pattern }) => pattern.test(first?.summary ?? said));
  const more = told.diagnostics.filter(({ severity }) => severity === 'error').length - 1;
  const words = `${what} failed: ${said}${more > 0 ? ` (and ${more} more)` : ''}.`;
  return new ActionError(
    `${words} ${reason?.before ? 'Nothing was changed.' : state}${reason ? ` ${reason.advice}` : ''}`,
    {
      code: reason?.code ?? 'terraform_failed',
      retryable: reason?.retryable ?? false,
    },
  );
}

/** Names of variables that were given and that the configuration does not have. */
export function undeclared({ diagnostics }: Told, given: readonly string[]): string[] {
  const details = diagnostics.filter(({ summary }) => /undeclared variable/i.test(summary)).map(({ detail }) => detail);
  return given.filter((name) => details.some((detail) => detail.includes(`"${name}"`)));
}

/** Who holds a lock is what people need to know; of other details the first sentence. */
function inWords({ summary, detail }: Diagnostic): string {
  const lock = ['ID', 'Who', 'Operation', 'Created'].flatMap((name) => {
    const value = new RegExp(`^\\s*${name}:\\s*(\\S.*)$`, 'm').exec(detail)?.[1];
    return value ? [`${name} ${value.trim()}`] : [];
  });
  const rest = lock.length > 1 ? lock.join(', ') : detail.replace(/\s+/g, ' ').trim().slice(0, 300);
  return redact(`${summary}${rest ? `: ${rest}` : ''}`).replace(/\.$/, '');
}

function lastLine(text: string): string {
  return redact(text.trimEnd().split('\n').at(-1) ?? '').slice(0, 300);
}
