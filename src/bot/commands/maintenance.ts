import { parseDuration } from '../../engine/model/duration.js';
import { maintenanceCard } from '../cards/maintenance-card.js';
import { noticeCard } from '../cards/notice-card.js';
import type { Card } from '../port.js';
import type { Command, CommandContext } from './command.js';
import { Mistake } from './mistake.js';
import { resolveTarget } from './target.js';

export const maintenance: Command = {
  name: 'maintenance',
  usage: '[service] [2h "reason"|end]',
  summary: 'what is being worked on: no incident opens for it and nobody is paged; begins one, or ends it',
  translated: { ru: 'что на обслуживании: инцидентов по нему не будет, никого не вызовут; начинает или заканчивает' },
  intent: 'change',
  example: 'maintenance redis 2h "new disks"',
  maxWords: 40,
  run: async ({ words: [word, given, ...reason] }, ctx) => {
    if (word === undefined) return { card: maintenanceCard(await ctx.engine.maintenance(), ctx.now(), ctx.words) };
    const { service } = resolveTarget(word, ctx);
    if (given === undefined) return { card: await look(service, ctx) };
    if (given.toLowerCase() === 'end') return { card: await end(service, ctx) };
    return { card: await begin(service, given, reason.join(' '), ctx) };
  },
};

async function look(service: string, { engine, now, words }: CommandContext): Promise<Card> {
  const own = (await engine.maintenance()).filter((one) => one.service === service);
  return own.length > 0 ? maintenanceCard(own, now(), words) : noticeCard(words.monitor.maintenance.howLong(service));
}

async function begin(service: string, given: string, reason: string, ctx: CommandContext): Promise<Card> {
  const { engine, who, words } = ctx;
  if (!/^\d/.test(given)) throw new Mistake('malformed', ({ monitor }) => monitor.maintenance.howLong(service));
  const forMs = parseDuration(given, 'for');
  await engine.beginMaintenance(service, { forMs, ...(reason ? { reason } : {}) }, who);
  const say = words.monitor.maintenance;
  return { ...noticeCard(say.began(service, forMs)), lines: [say.silent.replace('SERVICE', service)] };
}

async function end(service: string, { engine, who, words }: CommandContext): Promise<Card> {
  const ended = await engine.endMaintenance(service, who);
  const say = words.monitor.maintenance;
  return noticeCard(ended ? say.ended(service) : say.notOne(service));
}
