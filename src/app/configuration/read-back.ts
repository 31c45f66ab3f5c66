import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConstitution } from '../../config/constitution.js';
import { readEnvironment } from '../../config/environment.js';
import { loadConfig } from '../../config/load.js';
import { count } from '../../engine/health/words.js';
import { loadRunbooks } from '../../engine/planner/load-runbooks.js';
import { listTokens } from '../tokens/tokens.js';
import { CONTENTS, type Contents, contentsSchema, RUNBOOKS, TOKENS, VARIABLES } from './contents.js';
import { parseEnvFile } from './env-file.js';

/** Reads an export as a start of Reviver reads it, without starting anything. One line for people; throws what is wrong. */
export async function readBack(folder: string): Promise<string> {
  const contents = await readContents(folder);
  const variables = parseEnvFile(await readFile(join(folder, VARIABLES), 'utf8'));
  const lacking = contents.variables.find((name) => !Object.hasOwn(variables, name));
  if (lacking !== undefined) throw new Error(`the variable ${lacking} is missing`);
  readEnvironment(variables);
  const config = await loadConfig(join(folder, contents.config));
  const has = (to: string) => contents.files.some((file) => file.to === to);
  if (contents.files.some(({ to }) => join(folder, to) === config.constitution.file))
    await loadConstitution(config.constitution);
  const runbooks = has(RUNBOOKS) ? await loadRunbooks(join(folder, RUNBOOKS)) : [];
  const tokens = has(TOKENS) ? await listTokens(join(folder, TOKENS)) : [];
  const parts = [
    count(config.services.length, 'service'),
    count(config.templates.length + runbooks.length, 'runbook'),
    count(contents.variables.length, 'variable'),
    count(tokens.length, 'token'),
  ];
  return `${parts.join(', ')}, read as at a start`;
}

export async function readContents(folder: string): Promise<Contents> {
  return contentsSchema.parse(JSON.parse(await readFile(join(folder, CONTENTS), 'utf8')));
}
