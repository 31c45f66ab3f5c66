import type { Role } from '../../engine/model/person.js';
import type { Command } from './command.js';

const ABILITIES: Record<Role, string> = {
  viewer: 'look at everything',
  responder: 'start, cancel, retry and roll back recoveries',
  approver: 'approve plans that you did not ask for',
  lead: 'give the second approval that the riskiest plans need',
  admin: 'change policies and tokens',
  bootstrap: "start a rescue while Reviver's own database is gone",
};

export const whoami: Command = {
  name: 'whoami',
  aliases: ['me'],
  usage: '',
  summary: 'who Reviver takes you for, and what you may do',
  intent: 'look',
  example: 'whoami',
  maxWords: 0,
  run: (_args, { who }) =>
    Promise.resolve({
      card: {
        tone: 'neutral',
        title: `You are ${who.name}, on ${who.via}.`,
        lines:
          who.roles.length === 0
            ? ['You have no role: you may look, and nothing else.']
            : who.roles.map((role) => `${role}: you may ${ABILITIES[role]}`),
        buttons: [],
      },
    }),
};
