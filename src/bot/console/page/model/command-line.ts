/** The word at the caret, and where it stands in the text. */
export interface Word {
  text: string;
  from: number;
  to: number;
}

/** `/recover ` is already said by the box; people type it all the same. */
const PREFIX = /^\s*\/(?:recover(?=\s|$))?\s*/i;

/** The whole words before the caret, and the one that is being typed: what is behind the caret belongs to it. */
export function wordsBefore(text: string, caret: number): { before: string[]; word: Word } {
  const start = Math.min(PREFIX.exec(text)?.[0].length ?? 0, caret);
  const words = split(text, start);
  const current = words.find(({ from, to }) => from <= caret && caret <= to);
  const word = current ?? { text: '', from: caret, to: caret };
  return {
    before: words.filter(({ to }) => to < word.from).map((each) => unquoted(each.text)),
    word: { ...word, text: text.slice(word.from, caret) },
  };
}

/** What is said, without the prefix and without blanks around it. */
export function lineOf(text: string): string {
  return text.replace(PREFIX, '').trim();
}

function split(text: string, start: number): Word[] {
  const pattern = /(?:"(?:\\.|[^"\\])*"?|\\.|[^\s"\\]|\\$)+/g;
  return [...text.slice(start).matchAll(pattern)].map(({ 0: found, index }) => ({
    text: found,
    from: start + index,
    to: start + index + found.length,
  }));
}

function unquoted(text: string): string {
  return text.replace(/\\(.)|"/g, (_whole, escaped: string | undefined) => escaped ?? '');
}
