import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXPORT_FORMATS, type ExportFormat } from '../../audit/export-format.js';

export interface VerifyFlags {
  from?: Date;
  to?: Date;
  file?: string;
  publicKey: string[];
  anchors?: string;
}

export interface ExportFlags {
  from?: Date;
  to?: Date;
  format: ExportFormat;
}

/** Adds `reviver audit verify|export|anchor|roles` (docs/audit.md). */
export function addAuditCommands(program: Command, print: (line: string) => void): void {
  const audit = program
    .command('audit')
    .description('prove what was done, take it out, and keep it from being changed');

  audit
    .command('verify')
    .description('compute the chain anew; exit code 0: intact, 1: broken, and the first broken entry is named')
    .option('--from <time>', 'from what was sealed then on, such as 2026-11-01 (UTC)', moment)
    .option('--to <time>', 'until what was sealed before then', moment)
    .option('--file <file>', 'an exported file (.jsonl or .csv) instead of the database')
    .option('--public-key <file>', 'believe anchors of this key, too; give it again for more', collect, [])
    .option('--anchors <file>', 'anchors that were kept outside, one a line')
    .action(async (flags: VerifyFlags) => {
      process.exitCode = await (await import('./verify.js')).verifyCommand(flags, print);
    });

  audit
    .command('export')
    .description('write entries to standard output; "reviver audit verify --file" verifies them anywhere')
    .option('--from <time>', 'from what was sealed then on, such as 2026-11-01 (UTC)', moment)
    .option('--to <time>', 'until what was sealed before then', moment)
    .addOption(new Option('--format <format>', 'jsonl or csv').choices(EXPORT_FORMATS).default('jsonl'))
    .action(async (flags: ExportFlags) => (await import('./export.js')).exportCommand(flags, process.stdout));

  audit
    .command('anchor')
    .description('sign the end of the chain, and print that: keep the line where nobody who has the database can write')
    .option('--public-key', 'print the public key instead, for whoever verifies', false)
    .action(async ({ publicKey }: { publicKey: boolean }) =>
      (await import('./anchor.js')).anchorCommand({ publicKey }, print),
    );

  audit
    .command('roles')
    .description('print the SQL that gives the audit to an owner of its own; a superuser runs it with psql')
    .option('--owner <role>', 'who shall own it', 'reviver_audit')
    .option('--app <role>', 'the role that Reviver runs as (default: the one of DATABASE_URL)')
    .action(async (flags: { owner: string; app?: string }) => (await import('./roles.js')).rolesCommand(flags, print));
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

function moment(text: string): Date {
  const at = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}(T|$)/.test(text) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('Expected a day or a time, such as 2026-11-01 or 2026-11-01T03:00:00Z.');
  return at;
}
