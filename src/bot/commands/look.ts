import { parseRecoveryName, TERMINAL_STATES } from '../../engine/model/recovery.js';
import { detailsCard, whyCard } from '../cards/details-card.js';
import { historyCard, listCard, noticeCard } from '../cards/notice-card.js';
import { serviceLine, statusCard } from '../cards/status-card.js';
import type { Command, CommandContext } from './command.js';
import { resolveRecovery, resolveTarget } from './target.js';

const HISTORY_LENGTH = 10;

export const status: Command = {
  name: 'status',
  usage: '[R-n|service]',
  summary: 'what runs, waits and is well; or all about one recovery or service',
  example: 'status R-41',
  maxWords: 1,
  run: async ({ words: [word] }, ctx) => {
    if (word === undefined) return { card: statusCard(await ctx.engine.status(), ctx.now()) };
    const id = parseRecoveryName(word);
    if (id !== undefined) return { card: detailsCard(await ctx.engine.view(id)) };
    return { card: await serviceCard(word, ctx) };
  },
};

export const history: Command = {
  name: 'history',
  usage: '[service]',
  summary: 'the last recoveries and how they ended',
  example: 'history redis',
  maxWords: 1,
  run: async ({ words: [word] }, ctx) => {
    const service = word === undefined ? undefined : resolveTarget(word, ctx).service;
    const views = await ctx.engine.list({
      ...(service ? { service } : {}),
      states: [...TERMINAL_STATES],
      limit: HISTORY_LENGTH,
    });
    return { card: historyCard(views, service) };
  },
};

export const list: Command = {
  name: 'list',
  usage: '',
  summary: 'the services and runbooks that there are',
  example: 'list',
  maxWords: 0,
  run: async (_args, ctx) => {
    const { services } = await ctx.engine.status();
    return { card: listCard(services, ctx.engine.runbooks(), ctx.now()) };
  },
};

export const why: Command = {
  name: 'why',
  usage: '<R-n|service>',
  summary: 'the evidence for a plan and for its risk',
  example: 'why R-41',
  maxWords: 1,
  run: async ({ words: [word] }, ctx) => ({ card: whyCard(await resolveRecovery(word, ctx, 'why')) }),
};

async function serviceCard(word: string, ctx: CommandContext) {
  const { service } = resolveTarget(word, ctx);
  const active = await ctx.engine.activeFor(service);
  if (active) return detailsCard(active);
  const health = (await ctx.engine.status()).services[service];
  const text = health ? serviceLine(health, ctx.now()) : `${service}: not checked yet`;
  return noticeCard(`${text} · no recovery under way`, [{ label: `Recover ${service}`, command: service }]);
}
