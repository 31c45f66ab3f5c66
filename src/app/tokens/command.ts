import type { Command } from 'commander';
import { formatDuration } from '../../engine/model/duration.js';
import type { JsonObject } from '../../engine/model/json.js';
import type { TokenRecord } from './token-file.js';
import { createToken, listTokens, type NewToken, revokeToken, rotateToken } from './tokens.js';

export interface TokenCommandPorts {
  /** API_TOKENS_FILE. */
  file(): string;
  /** Names of the configuration's people; undefined when it cannot be read, which must not lock anyone out. */
  people(): Promise<readonly string[] | undefined>;
  print(line: string): void;
  /** For the audit: what was done to which token. Gives why it could not be recorded. */
  record(kind: string, facts: JsonObject): Promise<string | undefined>;
  now(): Date;
}

/** Adds `reviver token create|list|rotate|revoke`. */
export function addTokenCommands(program: Command, ports: TokenCommandPorts): void {
  /** Tokens are needed before there is a database, so the want of a record hinders nothing; but it is said. */
  async function told(kind: string, facts: JsonObject): Promise<void> {
    const reason = await ports.record(kind, facts);
    if (reason !== undefined) ports.print(`The audit does not know of this: ${reason}`);
  }

  const token = program.command('token').description('API tokens: make, list, rotate and revoke them');

  token
    .command('create')
    .description('make a token; it is printed once, as the last word')
    .requiredOption('--name <name>', 'what the token is for')
    .requiredOption('--role <role>', 'what it may do, such as responder,approver', collect, [])
    .option('--person <name>', 'the person of the configuration who acts when it is used')
    .option('--owner <name>', 'the person who answers for a program: approves nothing that it asks for')
    .option('--expires <duration>', 'such as 12h or 30d; default: never')
    .action(async ({ role, ...rest }: Omit<NewToken, 'roles'> & { role: string[] }) => {
      const made = await createToken(ports.file(), { ...rest, roles: role }, ports.now(), await ports.people());
      await told('token.created', { token: rest.name, roles: role, ...belongsTo(rest) });
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
      await told('token.rotated', { token: name });
      ports.print(`Token "${name}" is new, and the old one has ended; it is shown only now: ${made}`);
    });

  token
    .command('revoke')
    .description('end a token at once')
    .requiredOption('--name <name>', 'its name')
    .action(async ({ name }: { name: string }) => {
      await revokeToken(ports.file(), name);
      await told('token.revoked', { token: name });
      ports.print(`Token "${name}" is revoked.`);
    });
}

function belongsTo({ person, owner }: Pick<NewToken, 'person' | 'owner'>): JsonObject {
  return { person: person ?? null, owner: owner ?? null };
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, ...value.split(',')];
}

function describe({ name, roles, person, owner, expires_at }: TokenRecord, now: Date): string {
  const leftMs = expires_at === undefined ? Number.POSITIVE_INFINITY : new Date(expires_at).getTime() - now.getTime();
  const life =
    leftMs <= 0 ? 'expired' : Number.isFinite(leftMs) ? `expires in ${formatDuration(leftMs)}` : 'does not expire';
  return `${name}  ${roles.join(', ')}${person ? `  acts as ${person}` : ''}${owner ? `  of ${owner}` : ''}  ${life}`;
}
