import type { Json } from '../../model/json.js';
import { fitting, shown } from '../databases/shown.js';

/** A row as the server sent it: small numbers and truth values as such, all else as text. */
export type Row = Record<string, string | number | boolean | null>;

/** OIDs of pg_type. */
const BOOL = 16;
const INT8 = 20;
const NUMBERS = new Set([INT8, 21, 23, 26, 700, 701]);

/** Text of the server to a value; a number that JavaScript would change stays text. */
export function parserOf(oid: number): (text: string) => Row[string] {
  if (oid === BOOL) return (text) => text === 't';
  if (!NUMBERS.has(oid)) return (text) => text;
  return (text) => {
    const number = Number(text);
    return Number.isFinite(number) && (oid !== INT8 || Number.isSafeInteger(number)) ? number : text;
  };
}

/** Rows as a step's result keeps them: without secrets, and no more than people would read. */
export function rowsForPeople(rows: readonly Row[]): { rows: Json[]; left: number } {
  const clean = fitting(rows.map((row) => shown(row)));
  return { rows: clean, left: rows.length - clean.length };
}
