import type { AutoRecoverView } from '../../engine/auto-recover/view.js';
import { noticeCard } from '../cards/notice-card.js';
import { oneField } from '../cards/words.js';
import { retold } from '../words/languages.js';
import type { Words } from '../words/words.js';
import type { Command } from './command.js';
import { resolveTarget } from './target.js';

export const policy: Command = {
  name: 'policy',
  usage: '[service]',
  summary: 'what begins without a click (auto_recover), and how far it is trusted',
  translated: { ru: 'что начинается без нажатия (auto_recover) и насколько этому доверяют' },
  intent: 'look',
  example: 'policy redis',
  maxWords: 1,
  run: async ({ words: [word] }, ctx) => {
    const service = word === undefined ? undefined : resolveTarget(word, ctx).service;
    const views = await ctx.engine.autoRecover();
    const shown = views.filter((view) => service === undefined || view.service === service);
    const { policy: say } = ctx.words;
    if (shown.length === 0) return { card: noticeCard(say.none) };
    return {
      card: {
        tone: 'neutral',
        title: say.title,
        lines: shown.map((view) => lineOf(view, ctx.words)),
        footer: [say.hint],
        buttons: [],
      },
    };
  },
};

function lineOf({ service, when, stage, verified, rules, lately, why }: AutoRecoverView, words: Words): string {
  return words.policy.line({
    service,
    stage,
    verified,
    lately,
    when: oneField(when, 120),
    promoteAfter: rules.promoteAfter,
    limit: rules.limitPerHour,
    why: oneField(retold(words, why), 80),
  });
}
