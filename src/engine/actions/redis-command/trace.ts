import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { JsonObject } from '../../model/json.js';
import type { ProbeResult } from '../action.js';
import { NOBODY_LOOKED } from '../before.js';
import { readCommand } from './table.js';

/** How often a server has run a command since it started, and the state that the command is about. */
const traceSchema = z.object({
  run_id: z.string(),
  /** All commands: falls when somebody resets the statistics. */
  commands: z.number(),
  calls: z.number(),
  state: z.union([z.string(), z.number(), z.null()]).optional(),
});

type Trace = z.output<typeof traceSchema>;
type State = NonNullable<Trace['state']> | null;

/** A command whose effect can be seen in the data itself. */
interface Effect {
  state(redis: Redis, args: readonly string[]): Promise<State>;
  /** undefined: it does not show. */
  happened(before: State, now: State, args: readonly string[]): boolean | undefined;
}

const emptied = (before: State, now: State) => (before === 0 || now === 0 ? now === 0 : undefined);

const EFFECTS = new Map<string, Effect>([
  ['flushdb', { state: (redis) => redis.dbsize(), happened: emptied }],
  ['flushall', { state: async (redis) => keysOfAll(await redis.info('keyspace')), happened: emptied }],
  ['del', { state: (redis, keys) => redis.exists(...keys), happened: emptied }],
  ['unlink', { state: (redis, keys) => redis.exists(...keys), happened: emptied }],
  [
    'config set',
    {
      state: (redis, args) => setting(redis, args),
      happened(before, now, [, wanted = '']) {
        if (now === normal(wanted)) return true;
        return now === before ? false : undefined;
      },
    },
  ],
]);

export async function traceOf(redis: Redis, words: readonly string[]): Promise<Trace> {
  const { name, args } = readCommand(words);
  const effect = EFFECTS.get(name);
  const state = effect && (await effect.state(redis, args));
  const server = await redis.info('server');
  const stats = await redis.info('stats');
  return {
    run_id: field(server, 'run_id') ?? '',
    commands: Number(field(stats, 'total_commands_processed') ?? 0),
    calls: callsOf(await redis.info('commandstats'), name),
    ...(state === undefined ? {} : { state }),
  };
}

/** Did the command run? Judged from the server's own count of calls, and from the data where it shows there. */
export function judge(words: readonly string[], before: JsonObject, now: Trace): ProbeResult {
  const was = traceSchema.safeParse(before).data;
  if (!was) return { outcome: 'unknown', evidence: NOBODY_LOOKED };
  const { name, args } = readCommand(words);
  const shout = name.toUpperCase();
  const effect = EFFECTS.get(name);
  const happened =
    effect && was.state !== undefined && now.state !== undefined
      ? effect.happened(was.state, now.state, args)
      : undefined;
  if (happened === true)
    return {
      outcome: 'done',
      evidence: `it is as ${shout} leaves it: ${tell(was.state)} before, ${tell(now.state)} now`,
    };
  const same = now.run_id === was.run_id && now.commands >= was.commands;
  if (same && now.calls === was.calls)
    return { outcome: 'not_done', evidence: `the server has run no ${shout} since (${now.calls} in all)` };
  if (happened === false) return { outcome: 'not_done', evidence: `it is still ${tell(now.state)}, as before` };
  const evidence = same
    ? `the server has run ${shout} ${now.calls - was.calls} times since, perhaps for others`
    : 'the server was started anew or its statistics were reset since';
  return { outcome: 'unknown', evidence };
}

/** The one setting that a `CONFIG SET` changes; undefined when it changes several. */
export function settingBefore(
  words: readonly string[],
  { state }: JsonObject,
): { name: string; value: string } | undefined {
  const { name, args } = readCommand(words);
  const [setting] = args;
  if (name !== 'config set' || args.length !== 2 || setting === undefined || typeof state !== 'string')
    return undefined;
  return { name: setting, value: state };
}

async function setting(redis: Redis, args: readonly string[]): Promise<State> {
  if (args.length !== 2) return null;
  const [, value] = z.array(z.string()).parse(await redis.call('CONFIG', 'GET', args[0] ?? ''));
  return value ?? null;
}

const UNITS: Record<string, number> = { b: 1, k: 1e3, kb: 1_024, m: 1e6, mb: 1_024 ** 2, g: 1e9, gb: 1_024 ** 3 };

/** Redis keeps `100mb` as 104857600. */
function normal(wanted: string): string {
  const [, number, unit] = /^(\d+)([a-z]+)$/i.exec(wanted) ?? [];
  const factor = UNITS[unit?.toLowerCase() ?? ''];
  return number !== undefined && factor !== undefined ? String(Number(number) * factor) : wanted;
}

/** `cmdstat_config|set:calls=3,...`; servers before 7 count a group as a whole. */
function callsOf(stats: string, name: string): number {
  const [group = ''] = name.split(' ');
  const line = field(stats, `cmdstat_${name.replace(' ', '|')}`) ?? field(stats, `cmdstat_${group}`) ?? '';
  return Number(/(?:^|,)calls=(\d+)/.exec(line)?.[1] ?? 0);
}

function keysOfAll(keyspace: string): number {
  return [...keyspace.matchAll(/keys=(\d+)/g)].reduce((sum, [, keys]) => sum + Number(keys), 0);
}

export function field(info: string, name: string): string | undefined {
  return info
    .split(/\r?\n/)
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1);
}

function tell(state: State | undefined): string {
  return state === undefined || state === null ? 'nothing' : String(state);
}
