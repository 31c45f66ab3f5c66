import { escalationName } from '../../engine/escalation/escalation.js';
import { onCallCard } from '../cards/escalation-card.js';
import { noticeCard } from '../cards/notice-card.js';
import type { Command } from './command.js';

export const oncall: Command = {
  name: 'oncall',
  usage: '[test]',
  summary: 'who is called when a service needs people, and who is being called; test sends a page to everybody',
  translated: { ru: 'кого зовут, когда сервису нужны люди, и кого зовут сейчас; test отправляет всем проверку' },
  intent: 'look',
  example: 'oncall',
  maxWords: 1,
  async run({ words: [word] }, { engine, who, now, words }) {
    if (word?.toLowerCase() === 'test')
      return { card: noticeCard(words.escalation.tested(escalationName((await engine.testPagers(who)).id))) };
    return { card: onCallCard(engine.onCall(), await engine.escalations(), now(), words) };
  },
};
