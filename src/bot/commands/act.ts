import type { Incident, Said, Verb } from '../../engine/engine.js';
import { escalationName, parseEscalationName } from '../../engine/escalation/escalation.js';
import { InvalidInput } from '../../engine/model/errors.js';
import { parseRecoveryName } from '../../engine/model/recovery.js';
import { verbWord } from '../cards/buttons.js';
import { incidentName } from '../cards/incident-card.js';
import { noticeCard } from '../cards/notice-card.js';
import { dotted, oneField } from '../cards/words.js';
import type { Words } from '../words/words.js';
import type { Arguments } from './arguments.js';
import type { Answer, Command, CommandContext } from './command.js';
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
  ack: '<R-n|I-n|E-n|service>',
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

function acknowledged({ id, title, service, state, acknowledgedBy }: Incident, { incident }: Words): string {
  const what = dotted(incidentName(id), oneField(title), service);
  return state === 'resolved' ? incident.resolvedAlready(what) : incident.looksAfter(what, acknowledgedBy ?? undefined);
}

async function act(verb: Verb, args: Arguments, ctx: CommandContext): Promise<Answer> {
  const [word, shown] = args.words;
  const incident = verb === 'ack' ? /^i-(\d{1,9})$/i.exec(word ?? '') : null;
  if (incident) {
    const id = Number(incident[1]);
    return { card: noticeCard(acknowledged(await ctx.engine.acknowledge(id, ctx.who), ctx.words)), incident: id };
  }
  const escalation = verb === 'ack' && word !== undefined ? parseEscalationName(word) : undefined;
  if (escalation !== undefined) {
    const { id, service, state, acknowledgedBy } = await ctx.engine.acknowledgeEscalation(escalation, ctx.who);
    const { over, looksAfter } = ctx.words.escalation;
    const name = escalationName(id);
    const text = state === 'resolved' ? over(name) : looksAfter(name, service, acknowledgedBy ?? undefined);
    return { card: noticeCard(text) };
  }
  // A name needs no look: to stop R-12 must be possible while the database is away.
  const named = word === undefined ? undefined : parseRecoveryName(word);
  const asked = named ?? (await resolveRecovery(word, ctx, verbWord(verb))).recovery.id;
  const { message, view } = await ctx.engine.act(asked, verb, ctx.who, { ...seenSteps(shown), ...requestOf(ctx) });
  const card = noticeCard(ctx.words.engine?.acted(view, verb, asked) ?? message);
  return { card, ...(view.recovery.id === asked ? {} : { show: view.recovery.id }) };
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
