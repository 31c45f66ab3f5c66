import { type Command, Option } from 'commander';
import { UserError } from '../../../engine/model/errors.js';
import type { ChosenFlags } from './chosen.js';
import { FORMATS } from './format-findings.js';
import type { LintFlags } from './lint.js';
import type { NewFlags } from './new.js';
import type { RehearseFlags } from './rehearse.js';
import { createPaint, type Terminal } from './terminal.js';
import type { WorkbenchFlags } from './workbench.js';

/** The command itself could not do its work, such as for a file that is not there; 1 says that it found something. */
const CANNOT = 2;

/** Adds `reviver runbook lint|explain|test|schema|new`: none needs a database or a network, none changes anything but `new`. */
export function addRunbookCommands(program: Command): void {
  const runbook = program
    .command('runbook')
    .description('runbooks as code: check them, explain them, test them, write new ones')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : CANNOT));

  common(runbook.command('lint'))
    .description('find mistakes, what cannot be undone, secrets and endless waits')
    .argument('[files...]', 'files, folders or ids (default: all runbooks of the installation)')
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('text'))
    .option('--strict', 'warnings count as errors', false)
    .action(async (files: string[], flags: LintFlags) =>
      run(async (terminal) => (await import('./lint.js')).lintCommand(files, flags, terminal)),
    );

  common(runbook.command('explain'))
    .description('print what a runbook would do: steps, risk, approvals, claims, undo')
    .argument('<runbook>', 'file or id')
    .argument('[params...]', 'key=value')
    .option('--service <name>', 'for which service (default: the first that it matches)')
    .action(async (name: string, params: string[], flags: ChosenFlags) =>
      run(async (terminal) => (await import('./explain.js')).explainCommand(name, params, flags, terminal)),
    );

  common(runbook.command('test'))
    .description('rehearse a runbook: let every step fail, and a worker die in it, on services that are made up')
    .argument('<runbook>', 'file or id')
    .argument('[params...]', 'key=value')
    .option('--service <name>', 'for which service (default: the first that it matches)')
    .option('--stopped', 'the services do not run when it begins (default: they run, and are ill)', false)
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (name: string, params: string[], flags: RehearseFlags) =>
      run(async (terminal) => (await import('./rehearse.js')).rehearseCommand(name, params, flags, terminal)),
    );

  withConfig(runbook.command('schema'))
    .description('print the JSON Schema of runbooks, for editors')
    .action(async (flags: WorkbenchFlags) =>
      run(async (terminal) => (await import('./schema.js')).schemaCommand(flags, terminal)),
    );

  common(runbook.command('new'))
    .description('write a commented runbook that passes lint and test')
    .argument('<name>', 'its id; the file is NAME.yaml in the folder')
    .option('--service <name>', 'for which service (default: the first of the configuration)')
    .option('--action <name...>', 'its steps: actions that take a service', ['restart_service'])
    .action(async (name: string, flags: NewFlags) =>
      run(async (terminal) => (await import('./new.js')).newCommand(name, flags, terminal)),
    );
}

function common(command: Command): Command {
  return withConfig(command).option('--dir <folder>', 'folder of runbooks (default: REVIVER_RUNBOOKS)');
}

function withConfig(command: Command): Command {
  return command
    .option('--config <file>', 'configuration (default: REVIVER_CONFIG, where it is there)')
    .option('--no-config', 'look at the runbooks alone; extensions are not loaded');
}

async function run(command: (terminal: Terminal) => Promise<number>): Promise<void> {
  const { stdout, stderr, env } = process;
  try {
    process.exitCode = await command({
      print: (line) => void stdout.write(`${line}\n`),
      paint: createPaint(stdout.isTTY, env),
      env,
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    stderr.write(`reviver: ${error.message}\n`);
    process.exitCode = CANNOT;
  }
}
