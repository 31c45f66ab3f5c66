import { noBreaker } from '../../engine/breakers/outcomes.js';
import type { BreakerView } from '../../engine/breakers/view.js';
import { parseDuration } from '../../engine/model/duration.js';
import { breakerCard, breakersCard } from '../cards/breaker-card.js';
import { serviceLine } from '../cards/status-card.js';
import { oneLine } from '../cards/words.js';
import type { Card } from '../port.js';
import { type Arguments, optionValue } from './arguments.js';
import type { Command, CommandContext } from './command.js';
import { Mistake } from './mistake.js';
import { resolveTarget } from './target.js';

export const breaker: Command = {
  name: 'breaker',
  usage: '[service] [open|reset] [--for 10m] [--reason "..."]',
  summary: 'circuit breakers: whose calls are refused and why; opens one, or closes it again',
  translated: { ru: 'предохранители: чьи вызовы отклоняются и почему; размыкает один или снова замыкает' },
  intent: 'change',
  example: 'breaker redis reset',
  options: { for: 'value', reason: 'value' },
  maxWords: 2,
  run: async (args, ctx) => ({ card: await answer(args, ctx) }),
};

async function answer(args: Arguments, ctx: CommandContext): Promise<Card> {
  const [word, given] = args.words;
  const act = given?.toLowerCase();
  const strange = Object.keys(args.options)[0];
  if (strange !== undefined && act !== 'open')
    throw new Mistake('malformed', ({ breakers }) => breakers.onlyOpen(strange));
  if (word === undefined) return breakersCard(await ctx.engine.breakers(), ctx.now(), ctx.words);
  const { service } = resolveTarget(word, ctx);
  if (act === undefined) return one(await look(service, ctx), ctx);
  const change = Object.hasOwn(ACTS, act) ? ACTS[act] : undefined;
  if (!change)
    throw new Mistake('malformed', ({ breakers }) => breakers.unknownAct(oneLine(act, 60)), [
      { label: `Details ${service}`, command: `breaker ${service}` },
    ]);
  return one(await change(service, args, ctx), ctx);
}

const ACTS: Record<string, (service: string, args: Arguments, ctx: CommandContext) => Promise<BreakerView>> = {
  reset: (service, _args, { engine, who }) => engine.resetBreaker(service, who),
  async open(service, args, { engine, who }) {
    const [limit, reason] = [optionValue(args, 'for'), optionValue(args, 'reason')];
    const how = {
      ...(limit === undefined ? {} : { forMs: parseDuration(limit, 'for') }),
      ...(reason === undefined ? {} : { reason }),
    };
    return engine.openBreaker(service, how, who);
  },
};

async function look(service: string, { engine }: CommandContext): Promise<BreakerView> {
  const view = (await engine.breakers()).find((each) => each.service === service);
  if (!view?.enabled) throw noBreaker(service);
  return view;
}

async function one(view: BreakerView, { engine, now, words }: CommandContext): Promise<Card> {
  const health = (await engine.status()).services[view.service];
  return breakerCard(view, health && serviceLine(health, now(), words), now(), words);
}
