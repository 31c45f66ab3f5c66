import { join } from 'node:path';
import { UserError } from '../engine/model/errors.js';
import { databaseUrlFromOlderNames, redisUrlFromOlderNames } from './older-names.js';
import { referred } from './referred.js';
import {
  badVariable,
  type Environment,
  environmentSchema,
  isSecret,
  missingVariable,
  VARIABLE_NAMES,
  type VariableName,
} from './variables.js';

export type { Environment, VariableName } from './variables.js';

type Given = Partial<Record<VariableName, string>>;

/**
 * Reads the environment once. Throws a `UserError` that names every missing and malformed variable with an example.
 * @param required variables without which the command cannot run
 */
export function readEnvironment(env: NodeJS.ProcessEnv, required: readonly VariableName[] = []): Environment {
  const { environment, problems } = inspectEnvironment(env, required);
  if (problems.length > 0) throw new UserError('invalid_input', problems.join('\n'));
  return environment;
}

/** The same without throwing, for `reviver doctor`: what is malformed is told, and counts as not set. */
export function inspectEnvironment(
  env: NodeJS.ProcessEnv,
  required: readonly VariableName[] = [],
): { environment: Environment; problems: string[] } {
  const { given, problems: unread } = followed(givenVariables(env), env);
  const missing = required.filter((name) => given[name] === undefined).map(missingVariable);
  const malformed = new Map<VariableName, string>();
  for (const { path, message } of environmentSchema.safeParse(given).error?.issues ?? []) {
    const name = VARIABLE_NAMES.find((known) => known === path[0]);
    if (name && !malformed.has(name)) malformed.set(name, badVariable(name, given[name] ?? '', message));
  }
  for (const name of malformed.keys()) delete given[name];
  const environment = Object.freeze(environmentSchema.parse(given));
  return { environment, problems: [...unread, ...missing, ...malformed.values(), ...incompleteSets(environment)] };
}

/** Secrets that lie elsewhere. What cannot be read counts as not set. */
function followed(given: Given, env: NodeJS.ProcessEnv): { given: Given; problems: string[] } {
  const problems: string[] = [];
  for (const name of VARIABLE_NAMES) {
    const value = given[name];
    if (value === undefined || !isSecret(name)) continue;
    const found = referred(value, env);
    if ('value' in found) given[name] = found.value;
    else {
      delete given[name];
      problems.push(`${name} ${found.problem}.`);
    }
  }
  return { given, problems };
}

/** Values as they were given, by the variables' own names. An empty one, as docker compose passes for an unset one, counts as not set. */
export function givenVariables(env: NodeJS.ProcessEnv): Given {
  const set = VARIABLE_NAMES.flatMap((name) => (env[name]?.trim() ? [[name, env[name].trim()]] : []));
  const given: Given = Object.fromEntries(set);
  given.DATABASE_URL ??= databaseUrlFromOlderNames(env);
  given.REDIS_URL ??= redisUrlFromOlderNames(env);
  given.API_TOKENS_FILE ??= join(given.REVIVER_DATA ?? 'data', 'tokens.json');
  given.AUDIT_SIGNING_KEY_FILE ??= join(given.REVIVER_DATA ?? 'data', 'audit', 'signing.key');
  return given;
}

/** Variables that make sense only together. */
function incompleteSets(env: Environment): string[] {
  const problems: string[] = [];
  if (env.SLACK_BOT_TOKEN && !env.SLACK_APP_TOKEN && !env.SLACK_SIGNING_SECRET)
    problems.push(
      `SLACK_BOT_TOKEN is set without SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode). ${missingVariable('SLACK_APP_TOKEN')}`,
    );
  if (env.TELEGRAM_WEBHOOK_URL && !env.TELEGRAM_WEBHOOK_SECRET)
    problems.push(`TELEGRAM_WEBHOOK_URL is set: ${missingVariable('TELEGRAM_WEBHOOK_SECRET')}`);
  if (env.VAULT_ADDR && !env.VAULT_TOKEN && !(env.VAULT_ROLE_ID && env.VAULT_SECRET_ID))
    problems.push(
      `VAULT_ADDR is set without VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID. ${missingVariable('VAULT_TOKEN')}`,
    );
  const twilio = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'] as const;
  const lacking = twilio.filter((name) => env[name] === undefined);
  if (lacking.length > 0 && lacking.length < twilio.length)
    problems.push(`SMS need all of ${twilio.join(', ')}: ${lacking.map(missingVariable).join(' ')}`);
  return problems;
}
