const WIDE =
  /\p{Extended_Pictographic}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60]/u;
const NARROW_SIGNS = /[\u2190-\u21FF\u2300-\u23FF\u2500-\u27BF]/u;
const NO_WIDTH = /\p{Mn}|\u200D|\uFE0F/u;

/** Columns that a text takes on a terminal. */
export function columns(text: string): number {
  let sum = 0;
  for (const c of text) {
    if (NO_WIDTH.test(c)) continue;
    sum += WIDE.test(c) && !NARROW_SIGNS.test(c) ? 2 : 1;
  }
  return sum;
}

export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** Lines of at most `width` columns, broken between words where there are any; later lines begin with `indent`. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  const lead = /^ */.exec(text)?.[0] ?? '';
  let line = '';
  for (const [index, word] of text.slice(lead.length).split(' ').entries()) {
    const longer = index === 0 ? lead + word : `${line} ${word}`;
    if (columns(longer) <= width) {
      line = longer;
      continue;
    }
    if (line.trim() !== '') lines.push(line);
    line = (lines.length > 0 ? indent : '') + word;
    while (columns(line) > width) {
      const [head, tail] = cut(line, width);
      lines.push(head);
      line = indent + tail;
    }
  }
  return [...lines, line];
}

function cut(text: string, width: number): [string, string] {
  const characters = Array.from(text);
  let taken = 0;
  let used = 0;
  while (taken < characters.length && used + columns(characters[taken] ?? '') <= width)
    used += columns(characters[taken++] ?? '');
  taken = Math.max(1, taken);
  return [characters.slice(0, taken).join(''), characters.slice(taken).join('')];
}
