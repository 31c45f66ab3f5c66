import type { Command } from 'commander';
import { formatDuration } from '../../engine/model/duration.js';
import type { TokenRecord } from './token-file.js';
import { createToken, listTokens, type NewToken, revokeToken, rotateToken } from './tokens.js';

export interface TokenCommandPorts {
  /** API_TOKENS_FILE. */
  file(): string;
  /** Names of the configuration's people; undefined when it cannot be read, which must not lock anyone out. */
  people(): Promise<readonly string[] | undefined>;
  print(line: string): void;
  now(): Date;
}

/** Adds `reviver token create|list|rotate|revoke`. */
export function addTokenCommands(program: Command, ports: TokenCommandPorts): void {
  const token = program.command('token').description('API tokens: make, list, rotate and revoke them');

  token
    .command('create')
    .description('make a token; it is printed once, as the last word')
    .requiredOption('--name <name>', 'what the token is for')
    .requiredOption('--role <role>', 'what it may do; give it again for more roles', collect, [])
    .option('--person <name>', 'the person of the configuration who acts when it is used')
    .option('--owner <name>', 'the person who answers for a program: approves nothing that it asks for')
    .option('--expires <duration>', 'such as 12h or 30d; default: never')
    .action(async ({ role, ...rest }: Omit<NewToken, 'roles'> & { role: string[] }) => {
      const made = await createToken(ports.file(), { ...rest, roles: role }, ports.now(), await ports.people());
      ports.print(`Token "${rest.name}" (${role.join(', ')}); it is shown only now: ${made}`);
    });

  token
    .command('list')
    .description('list the tokens, without themselves')
    .action(async () => {
      const tokens = await listTokens(ports.file());
      for (const line of tokens.map((record) => describe(record, ports.now()))) ports.print(line);
      if (tokens.length === 0) ports.print('No tokens. Make one: reviver token create --name NAME --role responder');
    });

  token
    .command('rotate')
    .description('replace a token by a new one of the same name, roles and life; the old one ends at once')
    .requiredOption('--name <name>', 'its name')
    .option('--expires <duration>', 'such as 12h or 30d; default: as long as the old one was made for')
    .action(async ({ name, expires }: { name: string; expires?: string }) => {
      const made = await rotateToken(ports.file(), name, ports.now(), expires);
      ports.print(`Token "${name}" is new, and the old one has ended; it is shown only now: ${made}`);
    });

  token
    .command('revoke')
    .description('end a token at once')
    .requiredOption('--name <name>', 'its name')
    .action(async ({ name }: { name: string }) => {
      await revokeToken(ports.file(), name);
      ports.print(`Token "${name}" is revoked.`);
    });
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

function describe({ name, roles, person, owner, expires_at }: TokenRecord, now: Date): string {
  const leftMs = expires_at === undefined ? Number.POSITIVE_INFINITY : new Date(expires_at).getTime() - now.getTime();
  const life =
    leftMs <= 0 ? 'expired' : Number.isFinite(leftMs) ? `expires in ${formatDuration(leftMs)}` : 'does not expire';
  return `${name}  ${roles.join(', ')}${person ? `  acts as ${person}` : ''}${owner ? `  of ${owner}` : ''}  ${life}`;
}
