import { oneLine, sentence } from '../cards/words.js';
import type { Card } from '../port.js';
import type { Words } from '../words/words.js';
import { type Command, summaryOf, usageLine } from './command.js';
import { Mistake } from './mistake.js';
import { suggest } from './suggest.js';

export const help: Command = {
  name: 'help',
  aliases: ['?'],
  usage: '[command]',
  summary: 'this list, or one command with an example',
  translated: { ru: 'этот список или одна команда с примером' },
  intent: 'look',
  example: 'help approve',
  maxWords: 1,
  run: async ({ words: [word] }, { commands, words, surroundings, origin }) => {
    if (word !== undefined) return { card: oneCard(word, commands, words) };
    const here = surroundings.platforms.find(({ name }) => name === origin.platform);
    return { card: allCard(commands, words, here?.howToType?.(words.language)) };
  },
};

function allCard(commands: readonly Command[], { help: say, language }: Words, howToType?: string): Card {
  return {
    tone: 'neutral',
    title: say.title,
    lines: commands.map((command) => say.line(usageLine(command), summaryOf(command, language))),
    footer: [say.footer, ...(howToType === undefined ? [] : [howToType])],
    buttons: [],
  };
}

function oneCard(word: string, commands: readonly Command[], { help: say, language }: Words): Card {
  const command = commands.find((candidate) => candidate.name === word || candidate.aliases?.includes(word));
  if (!command) throw unknownCommand(word, commands);
  return {
    tone: 'neutral',
    title: usageLine(command),
    lines: [sentence(summaryOf(command, language)), say.example(`/recover ${command.example}`)],
    buttons: [],
  };
}

function unknownCommand(word: string, commands: readonly Command[]): Mistake {
  const names = commands.map(({ name }) => name);
  const guesses = suggest(word, names);
  return new Mistake('not_found', ({ mistakes }) => mistakes.noSuchCommand(oneLine(word, 60), guesses));
}
