import { recoveryName } from '../../engine/model/recovery.js';
import { noticeCard } from '../cards/notice-card.js';
import { oneLine } from '../cards/words.js';
import type { Command } from './command.js';
import { Mistake } from './mistake.js';
import { resolveRecovery } from './target.js';

/** In every language that people answer in. */
const ANSWERS: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['y', true],
  ['да', true],
  ['no', false],
  ['n', false],
  ['нет', false],
]);

export const rate: Command = {
  name: 'rate',
  usage: '<R-n> yes|no',
  summary: 'says whether a recovery helped; the last word of each person counts',
  translated: { ru: 'говорит, помогло ли восстановление; считается последний ответ каждого' },
  intent: 'change',
  example: 'rate R-41 yes',
  maxWords: 2,
  run: async ({ words: [word, given = ''] }, ctx) => {
    const { id } = (await resolveRecovery(word, ctx, 'rate')).recovery;
    const name = recoveryName(id);
    const helped = ANSWERS.get(given.toLowerCase());
    if (helped === undefined)
      throw new Mistake('invalid_input', ({ mistakes }) => mistakes.yesOrNo(oneLine(given, 40), name), [
        { label: 'Yes', command: `rate ${name} yes` },
        { label: 'No', command: `rate ${name} no` },
      ]);
    const { before } = await ctx.engine.rate(id, helped, ctx.who);
    return { card: noticeCard(ctx.words.answers.rated(name, helped, before)) };
  },
};

/** Phones turn `--` into a dash. */
const REMOVE = /^(?:--|[—–])remove\s+(\d{1,6})$/i;

export const note: Command = {
  name: 'note',
  usage: '<R-n|service> <text> | <R-n> --remove <number>',
  summary: 'writes down what others should know of a recovery; quotes are not needed',
  translated: { ru: 'записывает, что другим стоит знать о восстановлении; кавычки не нужны' },
  intent: 'change',
  example: 'note R-41 the disk was full, see the ticket',
  maxWords: 1,
  takesText: true,
  run: async ({ words: [word], text = '' }, ctx) => {
    const { id } = (await resolveRecovery(word, ctx, 'note')).recovery;
    const name = recoveryName(id);
    if (text === '') throw new Mistake('invalid_input', ({ mistakes }) => mistakes.noNote(name));
    const removed = REMOVE.exec(text)?.[1];
    if (removed !== undefined) {
      await ctx.engine.removeNote(id, Number(removed), ctx.who);
      return { card: noticeCard(ctx.words.answers.noteRemoved(name, Number(removed))) };
    }
    const { note: written } = await ctx.engine.addNote(id, text, ctx.who);
    return { card: noticeCard(ctx.words.answers.noted(name, written.number)) };
  },
};
