import type { DrillWords } from '../topics/drill.js';
import { measures } from './measures.js';

const { exact } = measures;

export const drill: DrillWords = {
  onPurpose: (service) =>
    `A drill: ${service} is well, is stopped on purpose, and brought back by this plan. Abort, and any failure, starts it again.`,
  aborted: 'The drill was ended before its time; it proves nothing about the plan.',
  times: (plan, { toNoticeMs, toRecoverMs }) =>
    `A drill: noticed after ${exact(toNoticeMs)}, well again ${exact(toRecoverMs)} later. ${plan} is proven.`,
  confirmAbort: (recovery, service) => `End the drill ${recovery}? ${service} is started again.`,
};
