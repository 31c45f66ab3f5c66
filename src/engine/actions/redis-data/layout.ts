import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Service } from '../../model/service.js';
import { ActionError } from '../action.js';

/** Where a Redis keeps its data, and from which files it will load it at its next start. */
export interface RedisLayout {
  /** Absolute. */
  folder: string;
  dump: string;
  /** Folder of the append-only files (Redis 7 and later). */
  appendFolder: string;
  /** Append-only file, or the stem of its parts' names. */
  appendFile: string;
  /** With `yes`, Redis reads the append-only files at its start and ignores the dump. */
  appendOnly: 'yes' | 'no' | 'unknown';
}

/** Names of everything in the folder that Redis may load from. */
export function dataNames({ dump, appendFolder, appendFile }: RedisLayout): string[] {
  return [dump, appendFolder, appendFile];
}

/** Read from the service's `data_dir`, its command line and its configuration file. */
export async function redisLayout(service: Service): Promise<RedisLayout> {
  const settings = await settingsOf(service);
  const cwd = service.process?.cwd ?? process.cwd();
  const folder = service.dataDir ?? settings?.get('dir');
  if (!folder)
    throw new ActionError(
      `It is not known where ${service.name} keeps its data: set data_dir of the service. Nothing was touched.`,
      {
        code: 'no_data_dir',
        retryable: false,
      },
    );
  return {
    folder: resolve(cwd, folder),
    dump: settings?.get('dbfilename') ?? 'dump.rdb',
    appendFolder: settings?.get('appenddirname') ?? 'appendonlydir',
    appendFile: settings?.get('appendfilename') ?? 'appendonly.aof',
    appendOnly: settings ? (settings.get('appendonly') === 'yes' ? 'yes' : 'no') : 'unknown',
  };
}

/** undefined when the settings cannot be known: another program, a file that cannot be read, or one with includes. */
async function settingsOf({ process: program }: Service): Promise<Map<string, string> | undefined> {
  const [name = '', ...args] = program?.command ?? [];
  if (!/^(redis|valkey)-server$/.test(basename(name))) return undefined;
  const first = args[0];
  const file = first !== undefined && !first.startsWith('-') ? first : undefined;
  const text =
    file === undefined ? '' : await readFile(resolve(program?.cwd ?? '', file), 'utf8').catch(() => undefined);
  if (text === undefined || first === '-') return undefined;
  const settings = parseRedisSettings(`${text}\n${argumentsAsText(file === undefined ? args : args.slice(1))}`);
  return settings.has('include') && !settings.has('appendonly') ? undefined : settings;
}

/** Redis itself reads its arguments as lines of a configuration file: each `--name` begins one. */
export function argumentsAsText(args: readonly string[]): string {
  return args.map((arg) => (arg.startsWith('--') ? `\n${arg.slice(2)}` : ` ${arg}`)).join('');
}

/** `name value` lines; the last one of a name holds. Names and yes/no are without case. */
export function parseRedisSettings(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*([a-z][\w-]*)\s+(.+?)\s*$/i.exec(line);
    if (!match?.[1] || !match[2]) continue;
    const value = match[2].replace(/^(["'])(.*)\1$/, '$2');
    settings.set(match[1].toLowerCase(), /^(yes|no)$/i.test(value) ? value.toLowerCase() : value);
  }
  return settings;
}
