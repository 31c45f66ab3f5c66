import type { Command } from 'commander';
import { loadConstitution } from '../../config/constitution.js';
import { readEnvironment } from '../../config/environment.js';
import { loadConfig } from '../../config/load.js';
import { UserError } from '../../engine/model/errors.js';
import { type ConstitutionStore, createConstitutionStore } from '../../store/constitution-store.js';
import { requireSchema } from '../../store/migrations.js';
import { createPool } from '../../store/pool.js';
import { createTokenBook } from '../tokens/token-book.js';

type Settings = { environment: ReturnType<typeof readEnvironment>; config: Awaited<ReturnType<typeof loadConfig>> };

/** Adds `reviver constitution show|pin|retire`: how a change of the rules is rolled out (docs/constitution.md). */
export function addConstitutionCommands(program: Command, print: (line: string) => void): void {
  const constitution = program.command('constitution').description('which constitutions are accepted; pin another');

  constitution
    .command('show')
    .description('list the pinned constitutions, and say whether the file is one of them')
    .action(() =>
      withStore(async (store, { config }) => {
        const mine = await loadConstitution(config.constitution);
        const pins = await store.list();
        for (const { sha256, hash, by, at } of pins) print(`${sha256}  ${hash}  pinned by ${by}, ${at.toISOString()}`);
        const held = pins.some(({ sha256 }) => sha256 === mine.source?.sha256);
        print(`${mine.source?.file} has ${mine.source?.sha256}: ${held ? 'pinned' : 'not pinned'}.`);
        if (pins.length === 0) print('None is pinned yet: the first node that starts pins its own.');
        else if (!held)
          print(
            'A node with this file begins nothing. Put a pinned one back, or a lead runs: reviver constitution pin',
          );
      }),
    );

  constitution
    .command('pin')
    .description(
      "accept the configuration's constitution beside those that are accepted already; a lead's token is needed",
    )
    .option('--token <token>', 'a token of a person who is a lead (default: the variable REVIVER_TOKEN)')
    .action(({ token }: { token?: string }) =>
      withStore(async (store, settings) => {
        const lead = await leadOf(token, settings);
        const { hash, source } = await loadConstitution(settings.config.constitution);
        if (!source) return;
        const made = await store.pin({ sha256: source.sha256, hash }, lead);
        print(
          `${source.sha256} (${hash}) is ${made ? 'pinned' : 'pinned already'}. Restart each node, then retire the old one.`,
        );
      }),
    );

  constitution
    .command('retire <sha256>')
    .description('accept a constitution no more, by the beginning of its SHA-256; a lead only')
    .option('--token <token>', 'a token of a person who is a lead (default: the variable REVIVER_TOKEN)')
    .action((sha256: string, { token }: { token?: string }) =>
      withStore(async (store, settings) => {
        const retired = await store.retire(sha256, await leadOf(token, settings));
        print(`${retired.sha256} (${retired.hash}) is retired: nodes that still run with it begin nothing.`);
      }),
    );
}

async function withStore(work: (store: ConstitutionStore, settings: Settings) => Promise<void>): Promise<void> {
  const environment = readEnvironment(process.env, ['DATABASE_URL']);
  const config = await loadConfig(environment.REVIVER_CONFIG);
  const pool = createPool(environment.DATABASE_URL?.reveal() ?? '', { applicationName: 'reviver constitution' });
  try {
    await requireSchema(pool);
    await work(createConstitutionStore(pool), { environment, config });
  } finally {
    await pool.end();
  }
}

/** The lead whose token this is. A program's token, or one of somebody who is no lead in the configuration, is refused. */
async function leadOf(given: string | undefined, { environment, config }: Settings): Promise<string> {
  const token = given ?? process.env.REVIVER_TOKEN;
  const owner = token && (await createTokenBook(environment.API_TOKENS_FILE).resolve(token));
  if (!owner || owner.expired)
    throw new UserError(
      'unauthenticated',
      'A valid token of a lead is needed, and nothing was changed. Set REVIVER_TOKEN, or give --token.',
    );
  const person = config.people.find(({ name }) => name === owner.person);
  const leads = owner.roles.includes('lead') && (person?.roles.includes('lead') ?? config.people.length === 0);
  if (!leads || owner.person === undefined)
    throw new UserError(
      'forbidden',
      `Only a lead may change what is pinned; "${owner.name}" is none. Nothing was changed.`,
    );
  return owner.person;
}
