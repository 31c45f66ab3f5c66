const CODES = { red: 31, yellow: 33, green: 32, dim: 2, bold: 1 } as const;

/** Colours a text on a terminal; elsewhere, and where NO_COLOR is set, it stays as it is. */
export type Paint = (text: string, colour: keyof typeof CODES) => string;

export function createPaint(isTerminal: boolean, env: NodeJS.ProcessEnv): Paint {
  const colours = isTerminal && !env.NO_COLOR;
  return (text, colour) => (colours ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text);
}

/** What a command prints on, and where it runs. */
export interface Terminal {
  print(line: string): void;
  paint: Paint;
  env: NodeJS.ProcessEnv;
}

const WIDTH = 100;

/** Lines of at most 100 characters; a word that is longer has one of its own. */
export function wrapped(text: string, first = '', next = first): string[] {
  const lines: string[] = [];
  let line = first;
  let words = 0;
  for (const word of text.trim().split(/\s+/)) {
    if (words > 0 && line.length + word.length > WIDTH) {
      lines.push(line.trimEnd());
      line = next;
      words = 0;
    }
    line += `${word} `;
    words += 1;
  }
  return [...lines, line.trimEnd()];
}

/** A table of so many columns; the last one is wrapped under itself, the others are as wide as what stands in them. */
export function columns(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const fixed = Math.max(0, ...rows.map((row) => row.length - 1));
  const widths = Array.from({ length: fixed }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.flatMap((row) => {
    const head = indent + widths.map((width, at) => `${(row[at] ?? '').padEnd(width)}  `).join('');
    return wrapped(row[fixed] ?? '', head, ' '.repeat(head.length));
  });
}
