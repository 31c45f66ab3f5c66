import { recoveryName } from '../../engine/model/recovery.js';
import { redact } from '../../engine/model/redact.js';
import { noticeCard } from '../cards/notice-card.js';
import { oneLine } from '../cards/words.js';
import { type Arguments, optionValue } from './arguments.js';
import type { Answer, Command, CommandContext } from './command.js';
import { Mistake } from './mistake.js';
import { resolveRecovery } from './target.js';

export const approve: Command = {
  name: 'approve',
  usage: '<R-n> [digest] [--reason "..."]',
  summary: 'says yes to the plan, or to the step, that waits for it',
  translated: { ru: 'одобряет план или шаг, который этого ждёт' },
  intent: 'decide',
  example: 'approve R-41 7f3a91c2',
  options: { reason: 'value' },
  maxWords: 2,
  run: (args, ctx) => decide('approve', args, ctx),
};

export const reject: Command = {
  name: 'reject',
  usage: '<R-n> [digest] [--reason "..."]',
  summary: 'says no; that is final for this recovery',
  translated: { ru: 'отклоняет; для этого восстановления окончательно' },
  intent: 'decide',
  example: 'reject R-41',
  options: { reason: 'value' },
  maxWords: 2,
  run: (args, ctx) => decide('reject', args, ctx),
};

async function decide(verdict: 'approve' | 'reject', args: Arguments, ctx: CommandContext): Promise<Answer> {
  const [word, shown] = args.words;
  const { recovery } = await resolveRecovery(word, ctx, verdict);
  const digest = shown === undefined ? undefined : readDigest(shown, recoveryName(recovery.id), verdict);
  const reason = optionValue(args, 'reason');
  const seen = {
    ...(digest === undefined ? {} : { digest }),
    ...(reason === undefined ? {} : { reason: redact(reason) }),
  };
  const { message, view } = await ctx.engine.decide(recovery.id, verdict, ctx.who, seen);
  return { card: noticeCard(ctx.words.engine?.decided(view, verdict) ?? message) };
}

/** As on the card, `7f3a·91c2`, or as hex digits; at least 8 of them. */
function readDigest(text: string, name: string, verdict: string): string {
  const hex = text.toLowerCase().replace(/[·.\-\s]/g, '');
  if (/^[0-9a-f]{8,64}$/.test(hex)) return hex;
  throw new Mistake('invalid_input', ({ mistakes }) => mistakes.notADigest(oneLine(text, 80), verdict, name));
}
