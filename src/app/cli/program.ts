import { Command, InvalidArgumentError, Option } from 'commander';
import { readEnvironment } from '../../config/environment.js';
import { loadConfig } from '../../config/load.js';
import { UserError } from '../../engine/model/errors.js';
import type { DisasterFlags } from '../disaster/command.js';
import { NODE_ROLES, type NodeRole } from '../node-options.js';
import { addTokenCommands } from '../tokens/command.js';
import { addAuditCommands } from './audit/command.js';
import { addBackupCommands } from './backup/command.js';
import { addBreakGlassCommands } from './break-glass/command.js';
import { addConstitutionCommands } from './constitution.js';
import type { DrillFlags } from './drill.js';
import type { PostmortemFlags } from './postmortem.js';
import { addRunbookCommands } from './runbook/command.js';
import { packageVersion } from './version.js';

const ROLE_WORDS = ['all', ...NODE_ROLES] as const;

/** The command line: each command loads what it needs when it runs, so that none waits for another's libraries. */
export function buildProgram(): Command {
  const program = new Command('reviver')
    .description('Brings services back from chat.')
    .version(packageVersion())
    .showSuggestionAfterError();

  program
    .command('start')
    .description('run Reviver: chat, API, scheduler and workers, or only some of them')
    .addOption(
      new Option('--role <role...>', `what this process does: ${ROLE_WORDS.join(', ')}`)
        .default(['all'])
        .argParser(collectRoles),
    )
    .option('--pool <name...>', 'run only steps of these pools (default: all of the configuration)', collect, [])
    .action(async ({ role, pool }: { role: string[]; pool: string[] }) => serve(roles(role), pool));

  program
    .command('worker')
    .description('run a worker only: the same as start --role worker')
    .option('--pool <name...>', 'run only steps of these pools (default: all of the configuration)', collect, [])
    .action(async ({ pool }: { pool: string[] }) => serve(['worker'], pool));

  program
    .command('migrate')
    .description("bring the database's schema up to date")
    .option('--down', 'revert the last migration instead', false)
    .action(async ({ down }: { down: boolean }) => (await import('./migrate.js')).migrateCommand({ down, print }));

  program
    .command('partitions')
    .description('look after the partitions of the event log now: make, mend, drop')
    .action(async () => (await import('./partitions.js')).partitionsCommand(print));

  program
    .command('doctor')
    .description('check configuration, database, Redis, runbooks, tokens and clocks; say how to mend each')
    .action(async () => (await import('./doctor.js')).doctorCommand(print));

  program
    .command('validate')
    .description(
      'check a running Reviver: performance, reliability, recovery, breakers, state, integration, chaos, compliance',
    )
    .addOption(apiUrl())
    .option('--service <name>', 'a service that may be restarted for real; without it nothing is changed')
    .option('--json', 'the report as JSON', false)
    .action(async (flags: { url: string; service?: string; json: boolean }) =>
      (await import('./validate.js')).validateCommand(flags, print),
    );

  program
    .command('drill')
    .description('break a service that allows it, and see that it comes back; it waits for an approval')
    .argument('<service>')
    .addOption(apiUrl())
    .option('--runbook <id>', 'the runbook to prove; without it the planner chooses')
    .option('--strategy <name>', 'the strategy to prove')
    .option('--reason <text>', 'why, for those who approve it')
    .option('--dry-run', 'show the plan, and break nothing', false)
    .action(async (service: string, flags: DrillFlags) =>
      (await import('./drill.js')).drillCommand(service, flags, print),
    );

  program
    .command('chat')
    .description('talk to a running Reviver from this terminal')
    .addOption(apiUrl())
    .option('--token <token>', 'a token with a person (default: the variable REVIVER_TOKEN)')
    .option('--channel <name>', 'the channel to join (default: the first one)')
    .action(async (flags: { url: string; token?: string; channel?: string }) =>
      (await import('./chat.js')).chatCommand(flags),
    );

  program
    .command('demo')
    .description('watch a real Redis die and come back, on this machine, without any set-up')
    .option('--once', 'play it unattended; exit code 0 only if all of it really happened', false)
    .option('--crash', 'kill the worker with SIGKILL in the middle of the plan', false)
    .option('--keep', 'keep the files of the demo, and say where they are', false)
    .action(async (flags: { once: boolean; crash: boolean; keep: boolean }) =>
      (await import('../demo/demo.js')).demo(flags),
    );

  program
    .command('postmortem')
    .description('what happened in a recovery: timeline, RTO and RPO, what to change')
    .argument('<recovery>', 'such as R-12')
    .option('--out <file>', 'write Markdown into a file (default: print it)')
    .option('--html <file>', 'write a page with a picture of the time instead')
    .addOption(apiUrl())
    .option('--token <token>', 'a token of any role (default: the variable REVIVER_TOKEN)')
    .action(async (recovery: string, flags: PostmortemFlags) =>
      (await import('./postmortem.js')).postmortemCommand(recovery, flags, print),
    );

  program
    .command('disaster')
    .description("bring Reviver's own parts back when no Reviver runs: postgres, redis or server")
    .argument('<what>', 'what is lost: postgres, redis or server')
    .argument('[param=value...]', 'parameters of its runbook in disaster/')
    .option('--yes <digest>', 'carry out exactly the plan that was shown with this digest')
    .option('--force', 'also when what is lost answers', false)
    .option('--retry', 'the step that a person is asked about: once more', false)
    .option('--done', 'the step that a person is asked about: its effect is there', false)
    .option('--anew', 'leave an unfinished one as it is', false)
    .action(async (what: string, params: string[], flags: DisasterFlags) => {
      process.exitCode = await (await import('../disaster/command.js')).disasterCommand(what, params, flags, print);
    });

  addBreakGlassCommands(program);
  addBackupCommands(program, print);
  addConstitutionCommands(program, print);
  addAuditCommands(program, print);
  addRunbookCommands(program);

  addTokenCommands(program, {
    file: () => readEnvironment(process.env).API_TOKENS_FILE,
    people: async () => {
      const config = await loadConfig(readEnvironment(process.env).REVIVER_CONFIG).catch(() => undefined);
      return config?.people.map(({ name }) => name);
    },
    print,
    record: async (kind, facts) => (await import('./record-act.js')).recordAct(kind, facts),
    now: () => new Date(),
  });
  return program;
}

async function serve(wanted: readonly NodeRole[], pools: readonly string[]): Promise<void> {
  await (await import('./serve.js')).serve({ roles: wanted, pools });
}

/** Where it listens on this machine, unless told otherwise. */
function apiUrl(): Option {
  const here = `http://127.0.0.1:${process.env.PORT ?? 8014}`;
  return new Option('--url <url>', 'where the API of a running Reviver listens').default(here);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, ...value.split(',')];
}

function collectRoles(value: string, previous: string[]): string[] {
  for (const word of value.split(','))
    if (!ROLE_WORDS.some((known) => known === word))
      throw new InvalidArgumentError(`Expected one of ${ROLE_WORDS.join(', ')}.`);
  const before = previous.length === 1 && previous[0] === 'all' ? [] : previous;
  return [...before, ...value.split(',')];
}

function roles(words: readonly string[]): NodeRole[] {
  if (words.includes('all')) return [...NODE_ROLES];
  const found = NODE_ROLES.filter((role) => words.includes(role));
  if (found.length === 0) throw new UserError('invalid_input', `--role: expected one of ${ROLE_WORDS.join(', ')}.`);
  return found;
}
