import { cp, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { type Environment, givenVariables } from '../../config/environment.js';
import type { Config } from '../../config/load.js';
import type { Reference } from '../../engine/secrets/reference.js';
import { AUDIT_KEY, CONTENTS, type Contents, KNOWLEDGE, RUNBOOKS, TOKENS, VARIABLES } from './contents.js';
import { formatEnvFile } from './env-file.js';
import { namedSecrets } from './named-secrets.js';

export interface ConfigurationFiles {
  config: Pick<
    Config,
    'file' | 'constitution' | 'extensions' | 'services' | 'stepAliases' | 'templates' | 'escalation'
  >;
  environment: Pick<
    Environment,
    'REVIVER_RUNBOOKS' | 'REVIVER_KNOWLEDGE' | 'API_TOKENS_FILE' | 'AUDIT_SIGNING_KEY_FILE' | 'KUBECONFIG'
  >;
  /** As the process was started with them. */
  env: NodeJS.ProcessEnv;
}

/** It opens the export, so that it would be of no use in it. */
const KEY = 'REVIVER_SECRET_KEY';
const LEFT_OUT = [`${KEY}: this export is encrypted with it; keep it elsewhere`];

/** Neither is configuration, and both may be great. */
const PASSED_OVER = new Set(['.git', 'node_modules']);

/** Copies what a start of Reviver reads into an empty folder, with the values of its variables. How many files there are. */
export async function gatherConfiguration(
  { config, environment, env }: ConfigurationFiles,
  folder: string,
  signal: AbortSignal,
): Promise<number> {
  const files: Contents['files'] = [];
  const variables = givenVariables(env);
  const secrets = await namedSecrets(config, environment, variables);
  for (const { from, to } of [...placesOf(config, environment), ...secretFiles(secrets)]) {
    signal.throwIfAborted();
    const found = await stat(from).catch(() => undefined);
    // The configuration itself must be there; of the others some need not be.
    if (!found && from !== config.file) continue;
    // Kubernetes mounts files as links; what is kept is what they lead to.
    const how = { recursive: true, dereference: true, filter: (path: string) => !PASSED_OVER.has(basename(path)) };
    await cp(from, join(folder, to), how);
    files.push({ from, to });
  }
  const named = of(secrets, 'env').map((name) => [name, env[name]] as const);
  const set = [...Object.entries(variables), ...named].flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const { [KEY]: _, ...kept }: Record<string, string> = Object.fromEntries(set);
  await writeFile(join(folder, VARIABLES), formatEnvFile(kept), { mode: 0o600 });
  const contents: Contents = {
    config: configPlace(config.file),
    files,
    variables: Object.keys(kept),
    left_out: [...LEFT_OUT, ...of(secrets, 'vault').map((name) => `vault:${name} stays in Vault`)],
  };
  await writeFile(join(folder, CONTENTS), `${JSON.stringify(contents, null, 2)}\n`, { mode: 0o600 });
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all.filter((one) => one.isFile()).length;
}

function placesOf(
  { file, constitution, extensions }: ConfigurationFiles['config'],
  environment: ConfigurationFiles['environment'],
): Contents['files'] {
  const kubeconfigs = environment.KUBECONFIG?.split(delimiter) ?? [];
  return [
    { from: file, to: configPlace(file) },
    ...[constitution.file, ...extensions].map((from) => ({ from, to: nearConfig(from, file) })),
    { from: environment.REVIVER_RUNBOOKS, to: RUNBOOKS },
    { from: environment.REVIVER_KNOWLEDGE, to: KNOWLEDGE },
    { from: environment.API_TOKENS_FILE, to: TOKENS },
    { from: environment.AUDIT_SIGNING_KEY_FILE, to: AUDIT_KEY },
    ...kubeconfigs.map((from, n) => ({ from, to: `kube/${n + 1}-${basename(from)}` })),
  ];
}

function secretFiles(secrets: readonly Reference[]): Contents['files'] {
  return of(secrets, 'file').map((from, n) => ({ from, to: `secrets/${n + 1}-${basename(from)}` }));
}

const of = (secrets: readonly Reference[], scheme: string): string[] =>
  secrets.flatMap((one) => (one.scheme === scheme ? [one.name] : []));

const configPlace = (file: string): string => join('config', basename(file));

/** What lies beside the configuration is named by a path from there, which stays good. */
function nearConfig(from: string, file: string): string {
  const path = relative(dirname(file), from);
  return path.startsWith('..') ? join('outside', from) : join('config', path);
}
