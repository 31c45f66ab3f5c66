import { createHash } from 'node:crypto';
import { lexiconWords } from './concepts.js';
import { type KnowledgeStore, LINES, type PlanDocument, type Written } from './knowledge.js';
import { LEXICON } from './lexicon.js';
import { wordsOf } from './normalise.js';
import { NO_TOKENS, tokensOf } from './tokens.js';

/**
 * Makes what the store knows of documents what is written now. Nothing is done where nothing has changed; answers whether
 * something had. What counts is in how many lines of a plan a word or a concept stands.
 */
export async function importDocuments(documents: readonly PlanDocument[], store: KnowledgeStore): Promise<boolean> {
  const counted = documents.map((document) => ({ ...document, checksum: checksum(document) }));
  const known = await store.documents();
  if (known.size === counted.length && counted.every(({ source, checksum }) => known.get(source) === checksum))
    return false;
  const lines = counted.flatMap(({ plan, text }) => linesOf(text).map((line) => ({ plan, line })));
  const tokens = await tokensOf(
    lines.map(({ line }) => line),
    store,
  );
  const written = new Map<string, Written>();
  const count = (lexeme: string, plan: string): void => {
    const row = written.get(`${lexeme}\n${plan}`) ?? { lexeme, plan, written: 0 };
    row.written += 1;
    written.set(`${lexeme}\n${plan}`, row);
  };
  for (const [index, { plan }] of lines.entries()) {
    const { stems, pairs, codes, concepts } = tokens[index] ?? NO_TOKENS;
    for (const lexeme of [LINES, ...stems, ...pairs, ...codes, ...concepts]) count(lexeme, plan);
  }
  const words = new Set([...lexiconWords(), ...lines.flatMap(({ line }) => wordsOf(line))]);
  await store.replaceDocuments(
    counted,
    [...written.values()],
    [...words].filter((word) => /^\p{L}{4,}$/u.test(word)),
  );
  return true;
}

/** What is said in one breath: a line, without marks of headings and lists. Front matter and fences are none. */
function linesOf(text: string): string[] {
  return text
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/^[\s#>*`|-]+/, '').trim())
    .filter((line) => /\p{L}{2}/u.test(line));
}

/** Raised when the way in which documents are counted changes: they are read anew. */
const VERSION = '2';

function checksum({ plan, text, service = '' }: PlanDocument): string {
  return createHash('sha256')
    .update([VERSION, JSON.stringify(LEXICON), plan, service, text].join('\n'))
    .digest('hex')
    .slice(0, 32);
}
