import type { DrillWords } from '../topics/drill.js';
import { measures } from './measures.js';

const { exact } = measures;

export const drill: DrillWords = {
  onPurpose: (service) =>
    `Учения: ${service} исправен, его намеренно остановят и вернут этим планом. Abort и любая ошибка запускают его снова.`,
  aborted: 'Учения прерваны; о плане они ничего не говорят.',
  times: (plan, { toNoticeMs, toRecoverMs }) =>
    `Учения: замечено через ${exact(toNoticeMs)}, исправен ещё через ${exact(toRecoverMs)}. План ${plan} проверен.`,
  confirmAbort: (recovery, service) => `Прервать учения ${recovery}? ${service} будет запущен снова.`,
};
