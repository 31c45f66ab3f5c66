import type { RecoverRequest } from '../../engine/engine.js';
import { recoveryName } from '../../engine/model/recovery.js';
import { redact } from '../../engine/model/redact.js';
import { detailsButton } from '../cards/buttons.js';
import { dryRunCard, noticeCard } from '../cards/notice-card.js';
import { oneField } from '../cards/words.js';
import { type Arguments, optionValue } from './arguments.js';
import type { Answer, Command, CommandContext } from './command.js';
import { resolveTarget } from './target.js';
import { formatCommand } from './tokenise.js';

export const drill: Command = {
  name: 'drill',
  usage: '<service> [--runbook R] [--strategy S] [--dry-run] [--reason "..."]',
  summary: 'breaks a service that allows it, to prove that its recovery works; after an approval, with an abort button',
  translated: {
    ru: 'ломает сервис, которому это разрешено, чтобы проверить его восстановление; после одобрения, с кнопкой Abort',
  },
  intent: 'change',
  example: 'drill redis --dry-run',
  options: { runbook: 'value', strategy: 'value', reason: 'value', 'dry-run': 'flag' },
  maxWords: 1,
  run: async (args, ctx) => {
    const wanted = request(args, ctx);
    if (args.options['dry-run']) {
      const { plan, previews } = await ctx.engine.plan(wanted, ctx.who);
      return { card: dryRunCard(plan, previews, commandOf(wanted), ctx.words) };
    }
    return start(wanted, ctx);
  },
};

async function start(wanted: RecoverRequest, ctx: CommandContext): Promise<Answer> {
  const { snapshot, created } = await ctx.engine.recover(wanted, ctx.who, ctx.origin);
  const { id, service, requestedBy, createdAt } = snapshot.recovery;
  if (created) return { show: id };
  const agoMs = +ctx.now() - +createdAt;
  const text = ctx.words.answers.sameAlready(recoveryName(id), service, oneField(requestedBy, 60), agoMs);
  return { show: id, card: noticeCard(text, [detailsButton(id)]) };
}

function request(args: Arguments, ctx: CommandContext): RecoverRequest {
  const { service, runbook: meant } = resolveTarget(args.words[0] ?? '', ctx);
  const runbook = optionValue(args, 'runbook') ?? meant;
  const strategy = optionValue(args, 'strategy');
  const reason = optionValue(args, 'reason');
  return {
    service,
    drill: true,
    ...(runbook === undefined ? {} : { runbook }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(reason === undefined ? {} : { reason: redact(reason) }),
  };
}

function commandOf({ service, runbook, strategy, reason }: RecoverRequest): string {
  return formatCommand([
    'drill',
    service,
    ...(runbook === undefined ? [] : ['--runbook', runbook]),
    ...(strategy === undefined ? [] : ['--strategy', strategy]),
    ...(reason === undefined ? [] : ['--reason', reason]),
  ]);
}
