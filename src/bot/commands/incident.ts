import type { Incident } from '../../engine/engine.js';
import { parseDuration } from '../../engine/model/duration.js';
import { choosePlanCard, chooseServiceCard } from '../cards/choose-card.js';
import { incidentName, incidentTitle } from '../cards/incident-card.js';
import { noticeCard } from '../cards/notice-card.js';
import { oneLine } from '../cards/words.js';
import type { Arguments } from './arguments.js';
import type { Answer, Command, CommandContext } from './command.js';
import { resolveIncident } from './find-incident.js';
import { Mistake } from './mistake.js';
import { resolveTarget } from './target.js';

/** Choices under the button. */
const FOR_HOW_LONG = ['1h', '4h', '1d'];

export const silence: Command = {
  name: 'silence',
  usage: '<I-n|alert|service> [1h]',
  summary: 'no new post and no escalation for the group of an alert, for a time; it ends by itself',
  translated: { ru: 'на время: ни новых сообщений, ни эскалаций по группе алерта; закончится само' },
  intent: 'change',
  example: 'silence I-3 1h',
  maxWords: 2,
  run: async ({ words: [word, limit] }, ctx) => {
    const incident = await resolveIncident(word, ctx, 'silence');
    const what = incidentTitle(incident, ctx.words);
    if (limit === undefined)
      return {
        card: noticeCard(
          ctx.words.incident.forHowLong(what),
          FOR_HOW_LONG.map((each) => ({
            label: `Silence ${each}`,
            command: `silence ${incidentName(incident.id)} ${each}`,
          })),
        ),
      };
    const forMs = durationOf(limit);
    await ctx.engine.silence(incident.id, forMs, ctx.who);
    return { card: noticeCard(ctx.words.incident.isSilenced(what, forMs)), incident: incident.id };
  },
};

export const unsilence: Command = {
  name: 'unsilence',
  usage: '<I-n|alert|service>',
  summary: 'ends a silence',
  translated: { ru: 'снимает заглушение' },
  intent: 'change',
  example: 'unsilence I-3',
  maxWords: 1,
  run: async ({ words: [word] }, ctx) => {
    const incident = await resolveIncident(word, ctx, 'unsilence');
    await ctx.engine.unsilence(incident.id, ctx.who);
    return { card: noticeCard(ctx.words.incident.isHeard(incidentTitle(incident, ctx.words))), incident: incident.id };
  },
};

export const choose: Command = {
  name: 'choose',
  usage: '<I-n> [service]',
  summary: 'what could be done about an incident; or says which service it is about',
  translated: { ru: 'что можно сделать с инцидентом; или указывает, о каком сервисе он' },
  intent: 'change',
  example: 'choose I-3',
  maxWords: 2,
  run: async (args, ctx) => chosen(await resolveIncident(args.words[0], ctx, 'choose'), args, ctx),
};

async function chosen(incident: Incident, { words: [, named] }: Arguments, ctx: CommandContext): Promise<Answer> {
  const { engine, who, words } = ctx;
  if (named === undefined && incident.service === null)
    return { card: chooseServiceCard(incident, engine.services(), words) };
  const service = named === undefined ? incident.service : resolveTarget(named, ctx).service;
  if (service === null) return { card: chooseServiceCard(incident, engine.services(), words) };
  const assigned = incident.service === null ? await engine.assignIncident(incident.id, service, who) : incident;
  const { plan } = await engine.plan({ service }, who);
  return { card: choosePlanCard(assigned, plan, words), incident: incident.id };
}

function durationOf(text: string): number {
  try {
    return parseDuration(text, 'for');
  } catch {
    throw new Mistake('invalid_input', ({ incident }) => incident.notADuration(oneLine(text, 40)));
  }
}
