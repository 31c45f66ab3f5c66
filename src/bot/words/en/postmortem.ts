import type { PostmortemWords } from '../topics/postmortem.js';
import { measures } from './measures.js';

const { about } = measures;

export const postmortem: PostmortemWords = {
  title: (recovery, service, state) => `Postmortem of ${recovery} · ${service} · ${state}`,
  figures: (rtoMs, rpoMs) =>
    [
      rtoMs === undefined ? 'not recovered, so there is no RTO' : `RTO ${about(rtoMs)} from detection to recovered`,
      ...(rpoMs === undefined ? [] : [`RPO ${about(rpoMs)}: what was written in that time is lost`]),
    ].join(' · '),
  change: (lesson) => `To change: ${lesson}`,
  nothing: 'Nothing stands out that should change.',
  whole: (recovery) =>
    `Timeline, picture and checklist: \`reviver postmortem ${recovery} --html FILE\`, or GET /recoveries/${recovery}/postmortem?format=html`,
};
