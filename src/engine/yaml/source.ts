import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { UserError } from '../engine/model/errors.js';

const LARGEST_FILE = 1024 * 1024;

/** A YAML file that remembers where everything stands. */
export interface Source {
  file: string;
  data: unknown;
  /** `file:line:column` of the deepest part of the path that is written there. */
  where(path: readonly PropertyKey[]): string;
}

/** @param file as people know it; only for messages */
export function parseSource(content: string, file: string): Source {
  if (content.length > LARGEST_FILE) throw new UserError('too_large', `${file} is larger than ${LARGEST_FILE} bytes.`);
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    const told = document.errors.map(({ pos, message }) => `${at(pos[0])} ${message.split('\n')[0]}`);
    throw new UserError('invalid_input', told.join('\n'));
  }
  return {
    file,
    data: document.toJS({ maxAliasCount: 100 }) ?? {},
    where: (path) => at(offsetOf(document.contents, path)),
  };
}

/** A value of a mapping stands where its key stands; that is where an editor is opened. */
function offsetOf(root: unknown, path: readonly PropertyKey[]): number {
  let node = root;
  let offset = startOf(root);
  for (const key of path) {
    const found = isMap(node) ? node.items.find((pair) => keyOf(pair) === String(key)) : undefined;
    const next = isSeq(node) ? node.items[Number(key)] : found?.value;
    if (next === undefined) break;
    offset = startOf(found?.key ?? next) || offset;
    node = next;
  }
  return offset;
}

function keyOf(pair: unknown): string | undefined {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : undefined;
}

function startOf(node: unknown): number {
  return isNode(node) && node.range ? node.range[0] : 0;
}
