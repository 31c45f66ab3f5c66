import type { Language } from '../../port.js';
import type { DoctorWords } from '../topics/talk.js';
import { count, measures } from './measures.js';

const { and } = measures;

const LANGUAGES: Readonly<Record<Language, string>> = { en: 'английский', ru: 'русский' };
const PART = { ok: 'в порядке', down: 'недоступен' };

export const doctor: DoctorWords = {
  well: 'Изнутри всё выглядит исправным.',
  troubles: (n) => `Неисправностей: ${n}.`,
  platform: (name, ok, detail) => `${name}: ${ok ? 'в порядке' : 'не в порядке'}${detail ? `, ${detail}` : ''}`,
  parts: (redis, postgres, workers) =>
    `Redis ${PART[redis]}, Postgres ${PART[postgres]}, ${workers === undefined ? 'число воркеров неизвестно' : count(workers, ['воркер', 'воркера', 'воркеров'])}`,
  incidentsHere: 'Инциденты публикуются в этом канале.',
  incidentsElsewhere: (channel) => `Инциденты публикуются не здесь, а в ${channel}.`,
  incidentsNowhere: (platform) =>
    `У ${platform} нет канала для инцидентов: укажите его в конфигурации (\`channels\`, \`incidents\`, \`${platform}\`).`,
  language: (language) => `Язык этого канала: ${LANGUAGES[language]}.`,
  holders: (role, people, groups) =>
    `${role}: ${[...people, ...(groups.length > 0 ? [`участники ${and(groups)}`] : [])].join(', ')}`,
  nobody: (role) => `${role}: никого. Назначьте роль кому-нибудь в конфигурации (\`people\`, \`roles\`).`,
};
