import type { Language } from '../words/language.js';

const UNITS: Record<Language, readonly [second: string, minute: string, hour: string, day: string]> = {
  en: ['s', 'min', 'h', 'd'],
  ru: ['с', 'мин', 'ч', 'д'],
};

/** `12 s`, `3 min`, `2 h`, `4 d`: rounded down, since that much has passed for sure. */
export function duration(ms: number, language: Language): string {
  const [second, minute, hour, day] = UNITS[language];
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} ${second}`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} ${minute}`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} ${hour}`;
  return `${Math.floor(seconds / 86_400)} ${day}`;
}

const JUST_NOW_MS = 10_000;

/** As `duration`, and without ticking seconds; undefined: a moment ago. */
export function age(ms: number, language: Language): string | undefined {
  if (ms < JUST_NOW_MS) return undefined;
  return duration(ms < 60_000 ? Math.floor(ms / 10_000) * 10_000 : ms, language);
}

/** The exact time in the reader's zone, with the zone's name. `timeZone` only for tests. */
export function exactTime(time: number, language: Language, timeZone?: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(time);
}
