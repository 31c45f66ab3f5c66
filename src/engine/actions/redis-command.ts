import { z } from 'zod';
import { deadline, TimeOver } from '../health/within.js';
import { count, failureInWords } from '../health/words.js';
import { formatDuration, parseDuration } from '../model/duration.js';
import { redact } from '../model/redact.js';
import { credential } from '../secrets/credential.js';
import { ActionError, UnknownOutcome } from './action.js';
import { isUrlOf, placeOf } from './databases/address.js';
import { defineAction } from './define-action.js';
import { duration, HOUR_MS, serviceName, text } from './fields.js';
import { resultOf } from './redis-command/reply.js';
import { isRead, objection, serverWord } from './redis-command/server-word.js';
import { readCommand, riskOf, verdictOn } from './redis-command/table.js';
import { talk } from './redis-command/talk.js';
import { field, judge, settingBefore, traceOf } from './redis-command/trace.js';

const COMMAND = 'a list [command, argument, ...] of texts and numbers, such as [CONFIG, GET, maxmemory]';
const URLS = 'a URL such as redis://host:6379/0';
const DEFAULT_TIMEOUT = '10s';

const input = z
  .strictObject({
    service: serviceName.optional(),
    url: credential(text(URLS).refine((given) => isUrlOf('redis', given), { error: URLS })).optional(),
    command: z
      .array(z.union([z.string(), z.number()], { error: COMMAND }), { error: COMMAND })
      .min(1, { error: COMMAND })
      .refine(([name]) => /^[A-Za-z][\w.-]*$/.test(String(name)), { error: COMMAND }),
    writes: z.boolean({ error: 'true or false' }).optional(),
    timeout: duration(HOUR_MS, '1h').optional(),
  })
  .superRefine(({ service, url, command }, context) => {
    if ((service === undefined) === (url === undefined))
      context.addIssue({ code: 'custom', path: [], message: 'exactly one of service and url' });
    const verdict = verdictOn(command.map(String));
    if (verdict.kind === 'refused')
      context.addIssue({ code: 'custom', path: ['command'], message: `another command: ${verdict.why}` });
  });

type Input = z.output<typeof input>;

export const redisCommand = defineAction({
  name: 'redis_command',
  description: 'Sends one command to a Redis server, when the server counts it for no more than the plan did.',
  version: 1,
  input,
  risk: ({ command, writes }) => riskOf(command.map(String), writes),
  idempotent: false,
  timeoutMs: HOUR_MS,
  services: ({ service }) => (service === undefined ? [] : [service]),
  title: (given) => `Redis ${placeOf(target(given))}: ${inWords(given)}`,

  look: async (given, ctx) =>
    verdictOn(words(given)).kind === 'reads' ? {} : talk(target(given), ctx, (redis) => traceOf(redis, words(given))),

  async run(given, ctx) {
    const ms = parseDuration(given.timeout ?? DEFAULT_TIMEOUT);
    const place = placeOf(target(given));
    const { signal, clear } = deadline(ms, ctx.signal);
    let sent: 'no' | 'read' | 'write' = 'no';
    try {
      return await talk(target(given), { ...ctx, signal }, async (redis) => {
        const word = await serverWord(redis, words(given));
        const no = objection(words(given), given.writes, word);
        if (no !== undefined || !word)
          throw new ActionError(`${place}: ${no}. Nothing was sent.`, { code: 'redis_refused', retryable: false });
        const [name = '', ...args] = words(given);
        sent = isRead(words(given), word) ? 'read' : 'write';
        return resultOf(await redis.call(name, ...args), args.at(-1) ?? '');
      });
    } catch (error) {
      ctx.signal.throwIfAborted();
      throw explained(error, place, sent, `no answer within ${formatDuration(ms)}`);
    } finally {
      clear();
    }
  },

  async probe(given, before, ctx) {
    if (verdictOn(words(given)).kind === 'reads')
      return { outcome: 'not_done', evidence: 'a read changes nothing and can be sent again' };
    return judge(words(given), before, await talk(target(given), ctx, (redis) => traceOf(redis, words(given))));
  },

  /** A setting can be put back; what is gone is gone. */
  inverse({ service, url, command }, before) {
    const setting = settingBefore(command.map(String), before);
    if (!setting) return undefined;
    const where = service === undefined ? { url } : { service };
    return { action: 'redis_command', input: { ...where, command: ['CONFIG', 'SET', setting.name, setting.value] } };
  },
  imagine: () => ({ state: 'the value from before' }),

  preview: (given, ctx) =>
    talk(target(given), ctx, async (redis) => {
      const word = await serverWord(redis, words(given));
      const no = objection(words(given), given.writes, word);
      const info = `${await redis.info('memory')}\r\n${await redis.info('clients')}`;
      const most = field(info, 'maxmemory') === '0' ? 'no limit' : field(info, 'maxmemory_human');
      const state = [
        count(await redis.dbsize(), 'key'),
        `${field(info, 'used_memory_human')} of memory (${most})`,
        count(Number(field(info, 'connected_clients') ?? 0), 'client'),
      ].join(', ');
      const flags =
        word?.flags.filter((flag) => /^(write|readonly|admin|blocking)$/.test(flag)).join(', ') || 'nothing more';
      return no === undefined
        ? `would send ${inWords(given)} (the server calls it ${flags}); there: ${state}`
        : `would refuse: ${no}; there: ${state}`;
    }),
});

function words({ command }: Input): string[] {
  return command.map(String);
}

/** One of them is there: the schema has seen to it. */
function target({ service, url }: Input): string {
  return service ?? url ?? '';
}

function inWords(given: Input): string {
  const { name, args } = readCommand(words(given));
  const line = redact(
    [name.toUpperCase(), ...args.map((arg) => (/^[\w@%+=:,./*-]+$/.test(arg) ? arg : JSON.stringify(arg)))].join(' '),
  );
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}

/** What is known of a command that got no good answer. */
function explained(error: unknown, place: string, sent: 'no' | 'read' | 'write', late: string): unknown {
  if (error instanceof ActionError) return error;
  // Some replies end with a full stop.
  const said = redact(failureInWords(error)).replace(/\.$/, '');
  if (isReply(error))
    return new ActionError(`${place} refused: ${said}. Nothing was changed.`, {
      code: 'redis_refused',
      retryable: /^(LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|MISCONF|OOM)/.test(said),
    });
  const why = error instanceof TimeOver ? late : said;
  if (sent === 'write') return new UnknownOutcome(`${place}: ${why}; whether the command took effect is not known`);
  return new ActionError(`${place}: ${why}. Nothing was changed.`, { code: 'redis_unreachable' });
}

/** An answer of the server, not a failure of the connection. */
function isReply(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'ReplyError';
}
