import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { UserError } from '../engine/model/errors.js';
import { createKnownKeys } from '../engine/yaml/known-keys.js';
import { describeProblem, expectation, pathText, problemsOf } from '../engine/yaml/problem.js';
import { parseSource, type Source } from '../engine/yaml/source.js';
import { type Config, toConfig } from './config.js';
import { crossCheck } from './cross-checks.js';
import { readHealthUrl } from './health.js';
import { configSchema, type RawConfig } from './schema.js';

export type { Config } from './config.js';

/** What an operator's own file may be at most. */
export const CONFIG_LIMITS = { size: 1024 * 1024, marks: 250_000 };

/** More would not be read. */
const MOST_PROBLEMS = 20;

/** SHA-256 (hex) of a configuration as it lies there. */
export async function configDigest(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readConfig(resolve(file)))
    .digest('hex');
}

/** Reads a configuration. Throws a `UserError` with one line a problem: file, line, column, path, what is expected. */
export async function loadConfig(file: string): Promise<Config> {
  const path = resolve(file);
  return parseConfig(await readConfig(path), path);
}

function readConfig(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      'invalid_input',
      `The configuration ${path} cannot be read (${error.code}). Set REVIVER_CONFIG to a file.`,
    );
  });
}

/** @param file absolute; relative paths in the configuration begin in its folder */
export function parseConfig(content: string, file: string): Config {
  const source = parseSource(content, shortest(file), CONFIG_LIMITS);
  const parsed = configSchema.safeParse(source.data, { error: expectation });
  const problems = parsed.success
    ? crossCheck(parsed.data)
    : problemsOf(parsed.error, source.data, createKnownKeys(configSchema));
  if (!parsed.success || problems.length > 0) {
    const lines = problems.slice(0, MOST_PROBLEMS).map((problem) => describeProblem(problem, source));
    if (problems.length > MOST_PROBLEMS) lines.push(`... and ${problems.length - MOST_PROBLEMS} more`);
    throw new UserError('invalid_input', lines.join('\n'));
  }
  return toConfig(withConstitution(parsed.data, file), file, warnings(parsed.data, source));
}

/** As a person would type it, when that is shorter. */
function shortest(file: string): string {
  const typed = relative(process.cwd(), file);
  return typed.startsWith('..') || typed.length > file.length ? file : typed;
}

/** Of `config/constitution.yaml` in `config/reviver.yaml` both readings are meant: beside the file, or from above. */
function withConstitution(raw: RawConfig, file: string): RawConfig {
  const { constitution } = raw;
  const above = join(dirname(dirname(file)), constitution.file);
  const found = existsSync(resolve(dirname(file), constitution.file)) || !existsSync(above);
  return found ? raw : { ...raw, constitution: { ...constitution, file: above } };
}

function warnings(raw: RawConfig, source: Source): string[] {
  return raw.services.flatMap(({ health_check_url: url }, index) => {
    const warning = url && readHealthUrl(url).warning;
    const path = ['services', index, 'health_check_url'];
    return warning ? [`${source.where(path)} ${pathText(path)}: ${warning}`] : [];
  });
}
