import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { anchors, codeSpans, type Doc, docText, links } from './markdown.js';

/** Made by commands, so not there in a fresh checkout. */
const MADE = ['node_modules', 'dist', 'data', 'coverage', '.reviver', '.git'];
const TOP = readdirSync('.', { withFileTypes: true }).filter(({ name }) => !MADE.includes(name));
const FOLDERS = TOP.filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** Files and folders that a document names and that are not there, and links that lead nowhere. */
export function pathProblems({ file, text }: Doc): string[] {
  return [
    ...codeSpans(text)
      .filter(looksLikePath)
      .filter((span) => !existsSync(fixedPart(span))),
    ...links(text).filter((target) => !leads(file, target)),
  ].map((path) => `${file}: ${path}`);
}

function looksLikePath(span: string): boolean {
  if (/\s/.test(span)) return false;
  return (
    FOLDERS.some((folder) => span === folder || span.startsWith(`${folder}/`)) ||
    /^[\w.-]+\.(md|json|yml|yaml|mjs)$/.test(span)
  );
}

/** `src/bot/` of `src/bot/<name>/`: the rest stands for what a reader makes. */
function fixedPart(path: string): string {
  return path.includes('<') ? path.slice(0, path.indexOf('<')) : path;
}

function leads(file: string, target: string): boolean {
  if (/^https:\/\//.test(target)) return true;
  const [path = '', anchor] = target.split('#');
  const wanted = path === '' ? file : join(dirname(file), path);
  return existsSync(wanted) && (anchor === undefined || anchors(docText(wanted)).includes(anchor));
}
