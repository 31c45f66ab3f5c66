import type { PostmortemWords } from '../topics/postmortem.js';
import { measures } from './measures.js';

const { about } = measures;

export const postmortem: PostmortemWords = {
  title: (recovery, service, state) => `Разбор ${recovery} · ${service} · ${state}`,
  figures: (rtoMs, rpoMs) =>
    [
      rtoMs === undefined
        ? 'не восстановлено, поэтому RTO нет'
        : `RTO ${about(rtoMs)} от обнаружения до восстановления`,
      ...(rpoMs === undefined ? [] : [`RPO ${about(rpoMs)}: записанное за это время потеряно`]),
    ].join(' · '),
  change: (lesson) => `Что изменить: ${lesson}`,
  nothing: 'Менять, похоже, нечего.',
  whole: (recovery) =>
    `Хронология, рисунок и чек-лист: \`reviver postmortem ${recovery} --html FILE\` или GET /recoveries/${recovery}/postmortem?format=html`,
};
