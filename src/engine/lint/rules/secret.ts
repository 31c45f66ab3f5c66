import { redact } from '../../model/redact.js';
import { replaced } from '../../secrets/reference.js';
import type { Rule } from '../rule.js';
import type { Text } from '../subject.js';

export const secret: Rule = {
  id: 'secret',
  severity: 'error',
  why: 'A runbook is read in chat, in reviews and in the repository: what is secret in it is not.',
  fix: 'Take it out and change it. Let the program read it from a file, or name a service of the configuration.',
  find: ({ texts }) =>
    texts
      .filter(isSecret)
      .map(({ path }) => ({ path, says: 'this looks like a password, token or key in plain text' })),
};

function isSecret({ path, text, before }: Text): boolean {
  // What a template, a reference or the environment fills in stands elsewhere.
  const plain = replaced(text.replace(/\{\{.*?\}\}/gs, ''), () => '').trim();
  if (plain === '' || /^\$\{?\w+\}?$/.test(plain)) return false;
  if (isRedacted(plain) || (before?.startsWith('-') && isRedacted(`${before} ${plain}`))) return true;
  const key = String(path.findLast((part) => typeof part === 'string') ?? '');
  if (isNamedSecret(key, plain)) return true;
  return isGiven(path) && plain.split(/[\s,;"'=:@]+/).some(looksRandom);
}

/** `DB_PASSWORD: hunter2`; not where the secret lies, or what it is called. */
function isNamedSecret(key: string, value: string): boolean {
  if (/(file|path|dir|name|url|ttl|expires)$/i.test(key) || /^[./~]/.test(value)) return false;
  return isRedacted(`${key}=${value}`);
}

function isRedacted(text: string): boolean {
  return redact(text) !== text;
}

/** Inputs of actions, and defaults of parameters: what people say elsewhere is prose. */
function isGiven(path: readonly PropertyKey[]): boolean {
  return path.includes('with') || path[0] === 'params';
}

const SHORTEST = 20;
/** Bits a character: English words have less than 4, base64 of random bytes has more at this length. */
const LEAST_BITS = 4;

/** Upper case, lower case and digits without order: what a generator makes and nobody types. Names and paths have words. */
function looksRandom(word: string): boolean {
  if (word.length < SHORTEST || !/^[\w+/=~-]+$/.test(word) || /^(\/|\.|~)/.test(word)) return false;
  return /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word) && bits(word) >= LEAST_BITS;
}

/** Shannon entropy of its characters. */
function bits(word: string): number {
  const counts = new Map<string, number>();
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / word.length) * Math.log2(count / word.length), 0);
}
