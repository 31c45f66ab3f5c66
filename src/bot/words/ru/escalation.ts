import type { EscalationWords } from '../topics/escalation.js';
import { measures } from './measures.js';

const { about, and } = measures;

export const escalation: EscalationWords = {
  channels: { chat: 'этот канал', pagerduty: 'PagerDuty', email: 'почта', sms: 'SMS', webhook: 'вебхук' },
  needs: (subject, why) => `${subject}: нужны люди: ${why}`,
  next: (channels, inMs) =>
    `Дальше ${inMs <= 0 ? 'сразу' : `через ${about(inMs)}`}: ${and(channels)}, если никто не подтвердит`,
  allTold: 'Все оповещены, больше никого не зовут',
  acknowledged: (by) => (by === undefined ? 'Этим уже занимаются' : `Этим занимается ${by}`),
  failing: (channels) => `Не дошло: ${and(channels)}`,
  over: (name) => `${name}: уже всё кончилось.`,
  looksAfter: (name, service, by) =>
    `${name}, ${service}: ${by === undefined ? 'этим уже занимаются' : `этим занимается ${by}`}; больше никого не зовут.`,
  tested: (name) =>
    `${name}: все, до кого дотягиваются пейджеры, сейчас получат проверку и её конец. Что не дойдёт, будет сказано здесь в течение минуты, и в \`doctor\`.`,
  called: (channels) => `Оповещены: ${and(channels)}`,
  channelFailed: (channel, why) => `Не дошло: ${channel} (${why}); сразу зовут следующих`,
  onCall: {
    title: 'Кого зовут, когда сервису нужны люди',
    policy: (name, services) => (services.length > 0 ? `${name} (${and(services)})` : name),
    stage: (afterMs, channels) => `${afterMs === 0 ? 'сразу' : `через ${about(afterMs)}`}: ${and(channels)}`,
    nobody: (channel) => `${channel} (никого: не настроено)`,
    open: (name, service, sinceMs) => `${name}: ${service}, уже ${about(sinceMs)}`,
    none: 'Сейчас никого не зовут.',
  },
};
