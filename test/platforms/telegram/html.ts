import { badRequest } from './refusal.js';

export interface Entity {
  type: string;
  /** In UTF-16 units. */
  offset: number;
  length: number;
  url?: string;
}

export interface Parsed {
  text: string;
  entities: Entity[];
}

/** https://core.telegram.org/bots/api#html-style */
const TAGS: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  a: 'text_link',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
};

const REFERENCES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

const TOKEN = /<(\/?)([a-z0-9-]*)((?:\s+[a-z-]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))?)*)\s*>|&(#x?[0-9a-f]+|[a-z]+);/giy;

interface Open {
  tag: string;
  offset: number;
  url?: string;
}

/**
 * HTML as `parse_mode: HTML` reads it: plain text and its entities. Refuses as Telegram does, and is stricter in two
 * things that Telegram lets pass and that corrupt text from outside: a bare `&`, and a bare `>`.
 */
export function parseHtml(html: string): Parsed {
  const open: Open[] = [];
  const entities: Entity[] = [];
  let text = '';
  let at = 0;
  while (at < html.length) {
    const c = html.charAt(at);
    if (c !== '<' && c !== '&' && c !== '>') {
      text += c;
      at++;
      continue;
    }
    TOKEN.lastIndex = at;
    const token = c === '>' ? null : TOKEN.exec(html);
    if (!token) throw unparsable(c === '<' ? 'Unclosed start tag' : `Character "${c}" must be escaped`, html, at);
    const [whole, slash, name = '', attributes = '', reference] = token;
    if (reference !== undefined) text += decode(reference, html, at);
    else if (slash) entities.push(...closed(open.pop(), name.toLowerCase(), text, html, at));
    else open.push(opened(name.toLowerCase(), attributes, text.length, html, at));
    at += whole.length;
  }
  const left = open.pop();
  if (left) throw badRequest(`can't parse entities: Can't find end tag corresponding to start tag "${left.tag}"`);
  return { text, entities };
}

function opened(tag: string, attributes: string, offset: number, html: string, at: number): Open {
  const spoiler = tag === 'span' && /class\s*=\s*["']tg-spoiler["']/.test(attributes);
  if (!Object.hasOwn(TAGS, tag) && !spoiler) throw unparsable(`Unsupported start tag "${tag}"`, html, at);
  const url = /href\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(attributes);
  return { tag, offset, ...(url ? { url: url[1] ?? url[2] ?? '' } : {}) };
}

function closed(open: Open | undefined, name: string, text: string, html: string, at: number): Entity[] {
  if (!open) throw unparsable('Unexpected end tag', html, at);
  if (name !== '' && name !== open.tag)
    throw unparsable(`Unmatched end tag, expected "</${open.tag}>", found "</${name}>"`, html, at);
  const length = text.length - open.offset;
  if (length === 0) return [];
  const { offset, url } = open;
  const mention = url?.startsWith('tg://user?id=');
  const type = mention ? 'text_mention' : (TAGS[open.tag] ?? 'spoiler');
  return [{ type, offset, length, ...(url === undefined ? {} : { url }) }];
}

function decode(reference: string, html: string, at: number): string {
  if (!reference.startsWith('#')) {
    const character = REFERENCES[reference];
    if (character === undefined) throw unparsable(`Unknown reference "&${reference};"`, html, at);
    return character;
  }
  const hex = /^#x/i.test(reference);
  const code = Number.parseInt(reference.slice(hex ? 2 : 1), hex ? 16 : 10);
  if (!(code > 0 && code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff))
    throw badRequest("can't parse entities: Text contains invalid Unicode characters after decoding HTML entities");
  return String.fromCodePoint(code);
}

function unparsable(what: string, html: string, at: number) {
  return badRequest(`can't parse entities: ${what} at byte offset ${Buffer.byteLength(html.slice(0, at))}`);
}
