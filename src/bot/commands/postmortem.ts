import { postmortemOf } from '../../engine/postmortem/gather.js';
import { postmortemCard } from '../cards/postmortem-card.js';
import type { Command } from './command.js';
import { resolveRecovery } from './target.js';

export const postmortem: Command = {
  name: 'postmortem',
  usage: '<R-n|service>',
  summary: 'what happened, how long it took, what was lost, and what to change',
  translated: { ru: 'что случилось, сколько заняло, что потеряно и что изменить' },
  intent: 'look',
  example: 'postmortem R-41',
  maxWords: 1,
  run: async ({ words: [word] }, ctx) => {
    const view = await resolveRecovery(word, ctx, 'postmortem');
    return { card: postmortemCard(await postmortemOf(view.recovery.id, ctx.engine), ctx.words) };
  },
};
