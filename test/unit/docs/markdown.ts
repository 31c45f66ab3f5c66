import { readdirSync, readFileSync } from 'node:fs';

export interface Doc {
  file: string;
  text: string;
}

/** Every document of the repository that speaks to people. */
export function allDocs(): Doc[] {
  const root = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'];
  const more = readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? `docs/${name}` : []));
  return [...root, ...more].map((file) => ({ file, text: readFileSync(file, 'utf8') }));
}

export function docText(file: string): string {
  return readFileSync(file, 'utf8');
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** Fenced blocks of a language; `''` is a block without one. */
export function blocks(text: string, language: string): string[] {
  return [...text.matchAll(FENCE)].filter(([, given]) => given === language).map(([, , body = '']) => body);
}

/** The text without its fenced blocks. */
export function prose(text: string): string {
  return text.replace(FENCE, '');
}

/** What stands in backticks outside of fenced blocks. */
export function codeSpans(text: string): string[] {
  return [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** Targets of links. */
export function links(text: string): string[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors of a document's headings. */
export function anchors(text: string): string[] {
  return [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Cells of the rows of every table below a heading, without the tables' heads. */
export function tableRows(text: string, heading: string): string[][] {
  const section = text.split(/^(?=## )/m).find((part) => part.startsWith(`## ${heading}\n`));
  if (!section) throw new Error(`there is no heading "${heading}"`);
  const lines = section.split('\n');
  return lines.flatMap((line, index) => {
    const isRow = line.startsWith('|') && !/^\|[-| ]+\|$/.test(line) && !/^\|[-| ]+\|$/.test(lines[index + 1] ?? '');
    return isRow
      ? [
          line
            .slice(1, line.lastIndexOf('|'))
            .split('|')
            .map((cell) => cell.trim()),
        ]
      : [];
  });
}

/** `id` of `` `id` `` */
export function codes(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}
