/** Records of a CSV file as RFC 4180 has them, read piece by piece; an unquoted empty cell is null. */
export async function* csvRecords(pieces: AsyncIterable<string>): AsyncGenerator<(string | null)[]> {
  let rest = '';
  for await (const piece of pieces) {
    rest += piece;
    for (let end = recordEnd(rest); end >= 0; end = recordEnd(rest)) {
      yield cells(rest.slice(0, end));
      rest = rest.slice(end + 1);
    }
  }
  if (rest.trim() !== '') yield cells(rest);
}

/** The line's end that is not inside quotes; -1: the record is not complete. */
function recordEnd(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') quoted = !quoted;
    else if (text[at] === '\n' && !quoted) return at;
  }
  return -1;
}

function cells(record: string): (string | null)[] {
  const found = record.replace(/\r$/, '').matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g);
  return [...found].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? (bare || null));
}
