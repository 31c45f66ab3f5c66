import { capital } from '../cards/words.js';
import type { Card } from '../port.js';
import { type Command, usageLine } from './command.js';
import { Mistake } from './mistake.js';
import { didYouMean, suggest } from './suggest.js';

export const help: Command = {
  name: 'help',
  aliases: ['?'],
  usage: '[command]',
  summary: 'this list, or one command with an example',
  intent: 'look',
  example: 'help approve',
  maxWords: 1,
  run: ({ words: [word] }, { commands }) =>
    Promise.resolve({ card: word === undefined ? allCard(commands) : oneCard(word, commands) }),
};

function allCard(commands: readonly Command[]): Card {
  return {
    tone: 'neutral',
    title: 'What Reviver understands',
    lines: commands.map((command) => `${usageLine(command)} — ${command.summary}`),
    footer: ['`/recover help COMMAND` explains one with an example.'],
    buttons: [],
  };
}

function oneCard(word: string, commands: readonly Command[]): Card {
  const command = commands.find((candidate) => candidate.name === word || candidate.aliases?.includes(word));
  if (!command) {
    const guesses = suggest(
      word,
      commands.map((candidate) => candidate.name),
    );
    throw new Mistake('not_found', `No command "${word}".${didYouMean(guesses)} \`/recover help\` lists them.`);
  }
  return {
    tone: 'neutral',
    title: usageLine(command),
    lines: [`${capital(command.summary)}.`, `Example: /recover ${command.example}`],
    buttons: [],
  };
}
