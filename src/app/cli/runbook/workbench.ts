import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { loadConstitution } from '../../../config/constitution.js';
import { type Environment, readEnvironment } from '../../../config/environment.js';
import { CONFIG_LIMITS, type Config, loadConfig } from '../../../config/load.js';
import { createActions } from '../../../engine/actions/actions.js';
import { withoutRules } from '../../../engine/constitution/constitution.js';
import { type Finding, readForLint, unreadable, type Written } from '../../../engine/lint/lint.js';
import type { Surroundings } from '../../../engine/lint/subject.js';
import { UserError } from '../../../engine/model/errors.js';
import { nearest } from '../../../engine/planner/nearest.js';
import { DEFAULT_POLICY } from '../../../engine/planner/policy.js';
import { readRunbookText, runbookFiles } from '../../../engine/planner/runbook-files.js';
import { STRATEGIES } from '../../../engine/planner/strategies/strategies.js';
import { parseSource } from '../../../engine/yaml/source.js';
import { loadExtensions } from '../../extensions/load.js';

export interface WorkbenchFlags {
  /** Folder of runbooks; absent: REVIVER_RUNBOOKS. */
  dir?: string;
  /** Configuration file; false: none is read; absent: REVIVER_CONFIG, where it is there. */
  config?: string | boolean;
}

/** What is there to work on runbooks: no database, no network, nothing that is changed. */
export interface Workbench {
  surroundings: Surroundings;
  /** Those of the files, or of the folder and the configuration where no files were named. */
  written: Written[];
  /** What of them cannot be read. */
  broken: Finding[];
  /** What people should know of how this came about, one line each. */
  notes: string[];
}

/** @param files paths of runbooks or of folders, or ids; none: all runbooks of the installation */
export async function openWorkbench(
  files: readonly string[],
  { dir, config: configFlag }: WorkbenchFlags,
  env: NodeJS.ProcessEnv,
): Promise<Workbench> {
  const environment = readEnvironment(env);
  const config = await configFor(configFlag, env, environment);
  const { actions, strategies } = await loadExtensions(config?.extensions ?? []);
  const folder = dir ?? environment.REVIVER_RUNBOOKS;
  const everywhere = dir !== undefined || existsSync(folder) ? await runbookFiles(folder) : [];
  const all = await readAll(everywhere);
  const installed = [...(config ? await inlineRunbooks(config) : []), ...all.written];
  const chosen = files.length === 0 ? { written: installed, broken: all.broken } : await choose(files, installed);
  // A file from elsewhere is what the runbook of its id shall become.
  const strangers = chosen.written.filter((one) => !installed.some((other) => isSame(one, other)));
  const replaced = new Set(strangers.map(({ runbook }) => runbook.id));
  const kept = installed.filter(({ runbook }) => !replaced.has(runbook.id));
  return {
    ...chosen,
    surroundings: {
      runbooks: [...kept, ...strangers].map(({ runbook }) => runbook),
      actions: createActions(actions),
      strategies: new Map([...STRATEGIES, ...strategies.map((strategy) => [strategy.name, strategy] as const)]),
      policy: config?.approvals ?? DEFAULT_POLICY,
      constitution: config ? await loadConstitution(config.constitution) : withoutRules(''),
      configured: config && {
        services: config.services,
        pools: config.pools,
        backups: config.backups,
        recoveryTimeoutMs: config.recoveryTimeoutMs,
      },
    },
    notes: config
      ? []
      : ['Without a configuration: whether services, pools and backups exist is not looked at (--config FILE).'],
  };
}

/** The configuration, where there is one: a file that is named must be there, the default one need not. */
export async function configFor(
  flag: WorkbenchFlags['config'],
  env: NodeJS.ProcessEnv,
  { REVIVER_CONFIG: standard }: Environment,
): Promise<Config | undefined> {
  if (flag === false) return undefined;
  const named = typeof flag === 'string' ? flag : env.REVIVER_CONFIG?.trim() && standard;
  if (named) return loadConfig(named);
  return existsSync(standard) ? loadConfig(standard) : undefined;
}

async function choose(
  names: readonly string[],
  installed: readonly Written[],
): Promise<Pick<Workbench, 'written' | 'broken'>> {
  const written: Written[] = [];
  const paths: string[] = [];
  for (const name of names) {
    const byId = existsSync(name) ? undefined : installed.find(({ runbook }) => runbook.id === name);
    if (byId) written.push(byId);
    else paths.push(...(await pathsOf(name, installed)));
  }
  const read = await readAll(paths);
  return { written: [...written, ...read.written], broken: read.broken };
}

async function pathsOf(name: string, installed: readonly Written[]): Promise<string[]> {
  const found = await stat(name).catch(() => undefined);
  if (found) return found.isDirectory() ? runbookFiles(name) : [name];
  if (/\.ya?ml$/.test(name) || name.includes('/')) throw new UserError('invalid_input', `There is no file ${name}.`);
  const ids = installed.map(({ runbook }) => runbook.id);
  const guess = nearest(name, ids);
  throw new UserError(
    'not_found',
    `There is no file and no runbook "${name}". ${guess ? `Did you mean ${guess}?` : `Known are: ${ids.join(', ') || 'none'}.`}`,
  );
}

async function readAll(paths: readonly string[]): Promise<Pick<Workbench, 'written' | 'broken'>> {
  const written: Written[] = [];
  const broken: Finding[] = [];
  for (const path of paths) {
    const file = typed(path);
    try {
      const read = readForLint(await readRunbookText(path), file);
      if (read.written) written.push(read.written);
      else broken.push(...read.findings);
    } catch (error) {
      broken.push(...unreadable(error, file));
    }
  }
  return { written, broken };
}

/** The runbooks of the configuration's `templates`, where they are written. */
async function inlineRunbooks({ file, templates }: Config): Promise<Written[]> {
  if (templates.length === 0) return [];
  const source = parseSource(await readFile(file, 'utf8'), typed(file), CONFIG_LIMITS);
  return templates.map((runbook, index) => ({ runbook, source, at: ['templates', index] }));
}

function isSame(one: Written, other: Written): boolean {
  return one.source.file === other.source.file && one.at.join() === other.at.join();
}

/** As a person would type it. */
function typed(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || short === '' ? path : short;
}
