import { parseRecoveryName } from '../../engine/model/recovery.js';
import { detailsCard, whyCard } from '../cards/details-card.js';
import { incidentCard } from '../cards/incident-card.js';
import { listCard, noticeCard } from '../cards/notice-card.js';
import { availabilityLine, serviceLine, statusCard } from '../cards/status-card.js';
import { dotted } from '../cards/words.js';
import { deadPool } from '../dead-pool.js';
import type { Card } from '../port.js';
import type { Command, CommandContext } from './command.js';
import { resolveRecovery, resolveTarget } from './target.js';

export const status: Command = {
  name: 'status',
  aliases: ['show'],
  usage: '[R-n|I-n|service]',
  summary: 'what runs, waits and is well; or all about one recovery, incident or service',
  translated: { ru: 'что идёт, чего ждут и что исправно; или всё об одном восстановлении, инциденте, сервисе' },
  intent: 'look',
  example: 'status R-41',
  maxWords: 1,
  run: async ({ words: [word] }, ctx) => {
    if (word === undefined) return { card: statusCard(await ctx.engine.status(), ctx.now(), ctx.words) };
    const id = parseRecoveryName(word);
    if (id !== undefined) return { card: await recoveryDetails(id, ctx) };
    const incident = /^i-?(\d{1,9})$/i.exec(word);
    if (incident) return { card: await incidentNow(Number(incident[1]), ctx) };
    return { card: await serviceCard(word, ctx) };
  },
};

export const list: Command = {
  name: 'list',
  usage: '',
  summary: 'the services and runbooks that there are',
  translated: { ru: 'какие есть сервисы и ранбуки' },
  intent: 'look',
  example: 'list',
  maxWords: 0,
  run: async (_args, ctx) => {
    const { services } = await ctx.engine.status();
    return { card: listCard(services, ctx.engine.runbooks(), ctx.now(), ctx.words) };
  },
};

export const why: Command = {
  name: 'why',
  usage: '<R-n|service>',
  summary: 'why this plan: evidence, risk, who decided, and why not another one',
  translated: { ru: 'почему этот план: опыт, риск, кто решил и почему не другой' },
  intent: 'look',
  example: 'why R-41',
  maxWords: 1,
  run: async ({ words: [word] }, ctx) => {
    const idle =
      word !== undefined &&
      ctx.engine.services().some(({ name }) => name === word) &&
      !(await ctx.engine.activeFor(word));
    if (idle) return { card: whyCard((await ctx.engine.plan({ service: word }, ctx.who)).plan, ctx.now(), ctx.words) };
    const view = await resolveRecovery(word, ctx, 'why');
    return { card: whyCard(view.recovery.plan, ctx.now(), ctx.words, view) };
  },
};

async function recoveryDetails(id: number, { engine, words }: CommandContext): Promise<Card> {
  const [view, events] = await Promise.all([engine.view(id), engine.events(id)]);
  return detailsCard(view, words, await deadPool(view, events, engine));
}

async function incidentNow(id: number, { engine, now, words }: CommandContext): Promise<Card> {
  const incident = await engine.incident(id);
  const recovery = incident.recoveryId === null ? undefined : await engine.view(incident.recoveryId);
  return incidentCard(incident, { now: now(), ...(recovery ? { recovery } : {}) }, words);
}

async function serviceCard(word: string, ctx: CommandContext) {
  const { service } = resolveTarget(word, ctx);
  const active = await ctx.engine.activeFor(service);
  if (active) return recoveryDetails(active.recovery.id, ctx);
  const health = (await ctx.engine.status()).services[service];
  const { status: say } = ctx.words;
  const text = health ? serviceLine(health, ctx.now(), ctx.words) : `${service}: ${say.health.notChecked}`;
  const card = noticeCard(dotted(text, say.noRecovery), [{ label: `Recover ${service}`, command: service }]);
  const available = health && availabilityLine(health, ctx.words);
  return available ? { ...card, lines: [available] } : card;
}
