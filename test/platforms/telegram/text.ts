import { type Entity, parseHtml } from './html.js';
import { badRequest } from './refusal.js';

/** Units of UTF-16, after entity parsing. https://core.telegram.org/bots/api#sendmessage */
export const MAX_TEXT = 4_096;
const MAX_ENTITIES = 100;

export interface TextParameters {
  text: string;
  parse_mode?: string | undefined;
}

/** The text that people see, or the refusal that Telegram answers with. */
export function readText({ text, parse_mode: mode }: TextParameters): { text: string; entities: Entity[] } {
  if (/\p{Cs}/u.test(text)) throw badRequest('strings must be encoded in UTF-8');
  if (mode !== undefined && mode !== 'HTML') throw badRequest('unsupported parse_mode');
  const parsed = mode === 'HTML' ? parseHtml(text) : { text, entities: [] };
  const seen = cleaned(parsed.text);
  if (seen === '') throw badRequest(text === '' ? 'message text is empty' : 'text must be non-empty');
  if (seen.length > MAX_TEXT) throw badRequest('message is too long');
  if (parsed.entities.length > MAX_ENTITIES) throw badRequest('too many entities');
  return { text: seen, entities: parsed.entities };
}

/** Telegram drops or blanks control characters and what reorders lines, and trims the ends. */
function cleaned(text: string): string {
  return text
    .replace(/\r|[\u2028-\u202E]|\u0333|\u033F|\u030A/g, '')
    .replace(/(?!\n)\p{Cc}/gu, ' ')
    .trim();
}
