import type { Language } from '../../port.js';
import type { DoctorWords } from '../topics/talk.js';
import { measures } from './measures.js';

const { and } = measures;

const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', ru: 'Russian' };

export const doctor: DoctorWords = {
  well: 'All that Reviver sees from inside is well.',
  troubles: (n) => (n === 1 ? 'One thing is not well.' : `${n} things are not well.`),
  platform: (name, ok, detail) => `${name}: ${ok ? 'ok' : 'not ok'}${detail ? `, ${detail}` : ''}`,
  parts: (redis, postgres, workers) =>
    `Redis ${redis}, Postgres ${postgres}, ${workers === undefined ? 'workers not known' : `${workers} ${workers === 1 ? 'worker' : 'workers'}`}`,
  incidentsHere: 'Incidents are posted in this channel.',
  incidentsElsewhere: (channel) => `Incidents are posted in ${channel}, not here.`,
  incidentsNowhere: (platform) =>
    `${platform} has no channel for incidents: name one in the configuration (channels, incidents, ${platform}).`,
  language: (language) => `This channel is served in ${LANGUAGES[language]}.`,
  holders: (role, people, groups) =>
    `${role}: ${[...people, ...(groups.length > 0 ? [`members of ${and(groups)}`] : [])].join(', ')}`,
  nobody: (role) => `${role}: nobody. Give someone the role in the configuration (people, roles).`,
};
