import type { Command } from './command.js';

export const whoami: Command = {
  name: 'whoami',
  aliases: ['me'],
  usage: '',
  summary: 'who Reviver takes you for, and what you may do',
  translated: { ru: 'за кого вас принимает бот и что вам можно' },
  intent: 'look',
  example: 'whoami',
  maxWords: 0,
  run: async (_args, { who, words: { whoami: say } }) => ({
    card: {
      tone: 'neutral',
      title: say.youAre(who.name, who.via),
      lines: who.roles.length === 0 ? [say.noRole] : who.roles.map(say.role),
      buttons: [],
    },
  }),
};
