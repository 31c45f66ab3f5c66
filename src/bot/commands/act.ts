import type { Incident, Verb } from '../../engine/engine.js';
import { verbWord } from '../cards/buttons.js';
import { incidentName } from '../cards/incident-card.js';
import { noticeCard } from '../cards/notice-card.js';
import { dotted, oneLine } from '../cards/words.js';
import type { Arguments } from './arguments.js';
import type { Answer, Command, CommandContext } from './command.js';
import { resolveRecovery } from './target.js';

const SUMMARIES: Record<Verb, string> = {
  cancel: 'stops a recovery before its next step and aborts the running one',
  retry: 'runs the step again that failed or whose outcome is unknown, or the whole recovery anew',
  mark_done: 'says that the effect of the unknown step is there; the recovery goes on after it',
  rollback: 'undoes the finished steps in reverse order',
  escalate: 'calls more people',
  ack: 'says that you look after it; an incident is named as I-3',
};

function verbCommand(verb: Verb): Command {
  const name = verbWord(verb);
  return {
    name,
    usage: verb === 'ack' ? '<R-n|I-n|service>' : '<R-n|service>',
    summary: SUMMARIES[verb],
    intent: 'change',
    example: `${name} ${verb === 'ack' ? 'I-3' : 'R-41'}`,
    maxWords: 1,
    run: (args, ctx) => act(verb, args, ctx),
  };
}

export const cancel = verbCommand('cancel');
export const retry = verbCommand('retry');
export const markDone = verbCommand('mark_done');
export const rollback = verbCommand('rollback');
export const escalate = verbCommand('escalate');
export const ack = verbCommand('ack');

function acknowledged({ id, title, service, state, acknowledgedBy }: Incident): string {
  const what = dotted(incidentName(id), oneLine(title, 120), service);
  if (state === 'resolved') return `${what}: resolved already. Nothing changed.`;
  return `${what}: ${acknowledgedBy ?? 'someone'} looks after it.`;
}

async function act(verb: Verb, args: Arguments, ctx: CommandContext): Promise<Answer> {
  const [word] = args.words;
  const incident = verb === 'ack' ? /^i-(\d{1,9})$/i.exec(word ?? '') : null;
  if (incident) {
    const id = Number(incident[1]);
    return { card: noticeCard(acknowledged(await ctx.engine.acknowledge(id, ctx.who))), incident: id };
  }
  const view = await resolveRecovery(word, ctx, verbWord(verb));
  const done = await ctx.engine.act(view.recovery.id, verb, ctx.who);
  const next = done.view.recovery.id;
  return { card: noticeCard(done.message), ...(next === view.recovery.id ? {} : { show: next }) };
}
