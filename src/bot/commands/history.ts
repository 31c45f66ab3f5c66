import { parseRecoveryName, recoveryName } from '../../engine/model/recovery.js';
import { historyCard } from '../cards/history-card.js';
import { oneLine } from '../cards/words.js';
import { optionValue } from './arguments.js';
import type { Command } from './command.js';
import { Mistake } from './mistake.js';
import { resolveTarget } from './target.js';
import { formatCommand } from './tokenise.js';

const PAGE = 10;

export const history: Command = {
  name: 'history',
  usage: '[service] [--before R-n]',
  summary: 'the last recoveries, how they ended, and how each plan does',
  translated: { ru: 'последние восстановления, чем они закончились и как справляется каждый план' },
  intent: 'look',
  example: 'history redis',
  options: { before: 'value' },
  maxWords: 1,
  run: async (args, ctx) => {
    const [word] = args.words;
    const service = word === undefined ? undefined : resolveTarget(word, ctx).service;
    const before = readBefore(optionValue(args, 'before'));
    const asked = { ...(service === undefined ? {} : { service }), ...(before === undefined ? {} : { before }) };
    const { items, records, disasters } = await ctx.engine.history({ ...asked, limit: PAGE + 1 });
    const shown = items.slice(0, PAGE);
    const last = items.length > PAGE ? shown.at(-1) : undefined;
    const older = last && formatCommand(['history', ...(service ? [service] : []), '--before', recoveryName(last.id)]);
    const page = { items: shown, records, disasters, ...(service ? { service } : {}), ...(older ? { older } : {}) };
    return { card: historyCard(page, ctx.now(), ctx.words) };
  },
};

function readBefore(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const id = parseRecoveryName(text);
  if (id === undefined)
    throw new Mistake('invalid_input', ({ mistakes }) => mistakes.neitherNor(oneLine(text, 60), []));
  return id;
}
