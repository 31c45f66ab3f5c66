import type { Incident, Said, Verb } from '../../engine/engine.js';
import { escalationName, parseEscalationName } from '../../engine/escalation/escalation.js';
import { InvalidInput } from '../../engine/model/errors.js';
import { parseRecoveryName } from '../../engine/model/recovery.js';
import { verbWord } from '../cards/buttons.js';
import { incidentTitle } from '../cards/incident-card.js';
import { noticeCard } from '../cards/notice-card.js';
import type { Arguments } from './arguments.js';
import type { Answer, Command, CommandContext } from './command.js';
import { findIncident, parseIncidentName } from './find-incident.js';
import { resolveRecovery } from './target.js';

type Summary = Pick<Command, 'summary' | 'translated'>;

const SUMMARIES: Record<Verb, Summary> = {
  cancel: {
    summary: 'stops a recovery before its next step and aborts the running one',
    translated: { ru: 'останавливает восстановление перед следующим шагом и прерывает текущий' },
  },
  retry: {
    summary: 'runs the step again that failed or whose outcome is unknown, or the whole recovery anew',
    translated: { ru: 'повторяет шаг, который не удался или чей исход неизвестен, или всё восстановление заново' },
  },
  mark_done: {
    summary: 'says that the effect of the unknown step is there; the recovery goes on after it',
    translated: { ru: 'сообщает, что шаг с неизвестным исходом подействовал; восстановление идёт дальше' },
  },
  rollback: {
    summary: 'undoes the finished steps in reverse order',
    translated: { ru: 'откатывает выполненные шаги в обратном порядке' },
  },
  undo: {
    summary: 'puts back what a recovery changed that has succeeded, for a limited time',
    translated: { ru: 'возвращает то, что изменило успешное восстановление, в течение ограниченного времени' },
  },
  escalate: { summary: 'calls more people', translated: { ru: 'зовёт ещё людей' } },
  ack: {
    summary: 'says that you look after it; an incident is named as I-3',
    translated: { ru: 'сообщает, что вы этим занимаетесь; инцидент называется I-3' },
  },
};

const USAGES: Partial<Record<Verb, string>> = {
  ack: '<R-n|I-n|E-n|alert|service>',
  escalate: '<R-n|I-n|alert|service>',
  retry: '<R-n|service> [step]',
  mark_done: '<R-n|service> [step]',
};

function verbCommand(verb: Verb): Command {
  const name = verbWord(verb);
  return {
    name,
    usage: USAGES[verb] ?? '<R-n|service>',
    ...SUMMARIES[verb],
    intent: 'change',
    example: `${name} ${verb === 'ack' ? 'I-3' : 'R-41'}`,
    maxWords: verb === 'retry' || verb === 'mark_done' ? 2 : 1,
    run: (args, ctx) => act(verb, args, ctx),
  };
}

export const cancel = verbCommand('cancel');
export const retry = verbCommand('retry');
export const markDone = verbCommand('mark_done');
export const rollback = verbCommand('rollback');
export const undo = verbCommand('undo');
export const escalate = verbCommand('escalate');
export const ack = verbCommand('ack');

/** What may be said of an incident as well as of a recovery. */
const OF_INCIDENTS: Partial<Record<Verb, (incident: Incident, ctx: CommandContext) => Promise<string>>> = {
  async ack({ id }, { engine, who, words }) {
    const after = await engine.acknowledge(id, who);
    const what = incidentTitle(after, words);
    if (after.state === 'resolved') return words.incident.resolvedAlready(what);
    return words.incident.looksAfter(what, after.acknowledgedBy ?? undefined);
  },
  async escalate({ id }, { engine, who, words }) {
    return words.incident.escalated(incidentTitle(await engine.escalateIncident(id, who), words));
  },
};

async function act(verb: Verb, args: Arguments, ctx: CommandContext): Promise<Answer> {
  const [word, shown] = args.words;
  const escalation = verb === 'ack' && word !== undefined ? parseEscalationName(word) : undefined;
  if (escalation !== undefined) {
    const { id, service, state, acknowledgedBy } = await ctx.engine.acknowledgeEscalation(escalation, ctx.who);
    const { over, looksAfter } = ctx.words.escalation;
    const name = escalationName(id);
    const text = state === 'resolved' ? over(name) : looksAfter(name, service, acknowledgedBy ?? undefined);
    return { card: noticeCard(text) };
  }
  const say = OF_INCIDENTS[verb];
  const incident = say && word !== undefined ? await incidentNamed(word, ctx) : undefined;
  if (say && incident) return { card: noticeCard(await say(incident, ctx)), incident: incident.id };
  // A name needs no look: to stop R-12 must be possible while the database is away.
  const named = word === undefined ? undefined : parseRecoveryName(word);
  const asked = named ?? (await resolveRecovery(word, ctx, verbWord(verb))).recovery.id;
  const { message, view } = await ctx.engine.act(asked, verb, ctx.who, { ...seenSteps(shown), ...requestOf(ctx) });
  const card = noticeCard(ctx.words.engine?.acted(view, verb, asked) ?? message);
  return { card, ...(view.recovery.id === asked ? {} : { show: view.recovery.id }) };
}

/** `I-3`, or an open one by its alert or its service, where no recovery of that service is under way. */
async function incidentNamed(word: string, ctx: CommandContext): Promise<Incident | undefined> {
  const id = parseIncidentName(word);
  if (id !== undefined) return ctx.engine.incident(id);
  if (parseRecoveryName(word) !== undefined) return undefined;
  const isService = ctx.engine.services().some(({ name }) => name === word);
  if (isService && (await ctx.engine.activeFor(word))) return undefined;
  return findIncident(word, ctx);
}

/** A recovery is kept under where it was asked first; the act may be one of another platform. */
function requestOf({ origin: { platform, request } }: CommandContext): Said {
  return request === undefined ? {} : { request: `${platform}:${request}` };
}

/** `2`, or `2,3` where several wait: the steps that were on the card. */
function seenSteps(text: string | undefined): Said {
  if (text === undefined) return {};
  if (!/^\d{1,3}(,\d{1,3})*$/.test(text))
    throw new InvalidInput('step', text, 'the number of the step that waits, such as 2');
  return { steps: text.split(',').map(Number) };
}
