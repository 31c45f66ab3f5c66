import type { RecoverRequest, ServiceHealth } from '../../engine/engine.js';
import { recoveryName } from '../../engine/model/recovery.js';
import { redact } from '../../engine/model/redact.js';
import { detailsButton } from '../cards/buttons.js';
import { dryRunCard, formCard, noticeCard, planFormCard } from '../cards/notice-card.js';
import { oneField } from '../cards/words.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import { type Arguments, optionValue, priorityOf } from './arguments.js';
import type { Answer, Command, CommandContext } from './command.js';
import { resolveTarget } from './target.js';
import { formatCommand } from './tokenise.js';

const REQUEST_OPTIONS = { strategy: 'value', runbook: 'value', priority: 'value', reason: 'value' } as const;

export const recover: Command = {
  name: 'recover',
  usage: '<service|runbook> [key=value ...] [--strategy S] [--runbook R] [--dry-run] [--priority N] [--reason "..."]',
  summary: 'plans and starts a recovery; without words: a form',
  translated: { ru: 'составляет план и начинает восстановление; без слов: форма' },
  intent: 'change',
  example: 'redis --reason "cache is stale"',
  options: { ...REQUEST_OPTIONS, 'dry-run': 'flag' },
  takesParams: true,
  maxWords: 1,
  run: (args, ctx) => {
    if (args.words.length === 0) return Promise.resolve({ card: formCard(ctx.engine.services(), ctx.words) });
    return args.options['dry-run'] ? dryRun(args, ctx) : start(args, ctx);
  },
};

export const plan: Command = {
  name: 'plan',
  usage: '<service|runbook> [key=value ...] [--strategy S] [--runbook R]',
  summary: 'shows what a recovery would do, without any effect (a dry run)',
  translated: { ru: 'показывает, что сделало бы восстановление, ничего не трогая (пробный прогон)' },
  intent: 'look',
  example: 'plan redis',
  options: { ...REQUEST_OPTIONS },
  takesParams: true,
  maxWords: 1,
  run: (args, ctx) =>
    args.words.length === 0
      ? Promise.resolve({ card: planFormCard(ctx.engine.services(), ctx.words) })
      : dryRun(args, ctx),
};

async function start(args: Arguments, ctx: CommandContext): Promise<Answer> {
  const wanted = request(args, ctx);
  // A look that fails holds nothing up.
  const seen = ctx.engine.status().catch(() => undefined);
  const { snapshot, created } = await ctx.engine.recover(wanted, ctx.who, ctx.origin);
  const { id, service, requestedBy, createdAt } = snapshot.recovery;
  if (created) return { show: id, ...cautionIfWell(id, (await seen)?.services[service], ctx.words) };
  const agoMs = +ctx.now() - +createdAt;
  const text = ctx.words.answers.sameAlready(recoveryName(id), service, oneField(requestedBy, 60), agoMs);
  return { show: id, card: noticeCard(text, [detailsButton(id)]) };
}

/** Whoever mistypes a name at night should learn at once that this one was well. */
function cautionIfWell(id: number, health: ServiceHealth | undefined, words: Words): Pick<Answer, 'card'> {
  if (health?.status !== 'healthy' || health.consecutiveFailures > 0) return {};
  const name = recoveryName(id);
  const text = words.answers.wasHealthy(health.service, oneField(retold(words, health.detail), 80), name);
  return { card: noticeCard(text, [{ label: `Cancel ${name}`, command: `cancel ${name}` }]) };
}

async function dryRun(args: Arguments, ctx: CommandContext): Promise<Answer> {
  const wanted = request(args, ctx);
  const { plan: made, previews } = await ctx.engine.plan(wanted, ctx.who);
  return { card: dryRunCard(made, previews, commandOf(wanted), ctx.words) };
}

function request(args: Arguments, ctx: CommandContext): RecoverRequest {
  const [word = ''] = args.words;
  const rest = restOf(args);
  const target = resolveTarget(word, ctx, rest);
  const runbook = optionValue(args, 'runbook') ?? target.runbook;
  const strategy = optionValue(args, 'strategy');
  const reason = optionValue(args, 'reason');
  const priority = priorityOf(args);
  return {
    service: target.service,
    ...(runbook === undefined ? {} : { runbook }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(Object.keys(args.params).length === 0 ? {} : { params: { ...args.params } }),
    ...(reason === undefined ? {} : { reason: redact(reason) }),
    ...(priority === undefined ? {} : { priority }),
  };
}

/** The words behind the target, as they can be typed again. */
function restOf(args: Arguments): string[] {
  const params = Object.entries(args.params).map(([key, value]) => `${key}=${value}`);
  const options = Object.entries(args.options).flatMap(([key, value]) =>
    value === true ? [`--${key}`] : [`--${key}`, value],
  );
  return [...params, ...options];
}

function commandOf(request: RecoverRequest): string {
  const { service, runbook, strategy, params = {}, reason, priority } = request;
  return formatCommand([
    service,
    ...Object.entries(params).map(([key, value]) => `${key}=${String(value)}`),
    ...(runbook === undefined ? [] : ['--runbook', runbook]),
    ...(strategy === undefined ? [] : ['--strategy', strategy]),
    ...(priority === undefined ? [] : ['--priority', String(priority)]),
    ...(reason === undefined ? [] : ['--reason', reason]),
  ]);
}
