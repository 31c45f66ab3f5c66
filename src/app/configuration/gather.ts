import { cp, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import type { Environment } from '../../config/environment.js';
import type { Config } from '../../config/load.js';
import { CONTENTS, type Contents, KNOWLEDGE, RUNBOOKS, TOKENS, VARIABLES } from './contents.js';
import { formatEnvFile } from './env-file.js';

export interface ConfigurationFiles {
  config: Pick<Config, 'file' | 'constitution' | 'extensions'>;
  environment: Pick<Environment, 'REVIVER_RUNBOOKS' | 'REVIVER_KNOWLEDGE' | 'API_TOKENS_FILE' | 'KUBECONFIG'>;
  /** By name, as they were given. */
  variables: Readonly<Partial<Record<string, string>>>;
}

/** It opens the export, so that it would be of no use in it. */
const KEY = 'REVIVER_SECRET_KEY';
const LEFT_OUT = [`${KEY}: this export is encrypted with it; keep it elsewhere`];

/** Neither is configuration, and both may be great. */
const PASSED_OVER = new Set(['.git', 'node_modules']);

/** Copies what a start of Reviver reads into an empty folder, with the values of its variables. How many files there are. */
export async function gatherConfiguration(
  { config, environment, variables }: ConfigurationFiles,
  folder: string,
  signal: AbortSignal,
): Promise<number> {
  const files: Contents['files'] = [];
  for (const { from, to } of placesOf(config, environment)) {
    signal.throwIfAborted();
    const found = await stat(from).catch(() => undefined);
    // The configuration itself must be there; of the others some need not be.
    if (!found && from !== config.file) continue;
    // Kubernetes mounts files as links; what is kept is what they lead to.
    const how = { recursive: true, dereference: true, filter: (path: string) => !PASSED_OVER.has(basename(path)) };
    await cp(from, join(folder, to), how);
    files.push({ from, to });
  }
  const set = Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const { [KEY]: _, ...kept }: Record<string, string> = Object.fromEntries(set);
  await writeFile(join(folder, VARIABLES), formatEnvFile(kept), { mode: 0o600 });
  const contents: Contents = {
    config: configPlace(config.file),
    files,
    variables: Object.keys(kept),
    left_out: LEFT_OUT,
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
    ...kubeconfigs.map((from, n) => ({ from, to: `kube/${n + 1}-${basename(from)}` })),
  ];
}

const configPlace = (file: string): string => join('config', basename(file));

/** What lies beside the configuration is named by a path from there, which stays good. */
function nearConfig(from: string, file: string): string {
  const path = relative(dirname(file), from);
  return path.startsWith('..') ? join('outside', from) : join('config', path);
}
