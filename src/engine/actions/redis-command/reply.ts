import { z } from 'zod';
import { count } from '../../health/words.js';
import type { Json } from '../../model/json.js';
import type { StepResult } from '../../model/plan.js';
import { fitting, shown } from '../databases/shown.js';

/** INFO has some thousand characters, and is what people want to read. */
const LONGEST_ALONE = 6_000;

/** A reply as a step's result keeps it: no secrets, and no more than people would read. `about`: the key or setting asked for. */
export function resultOf(raw: unknown, about: string): StepResult {
  const reply = z
    .json()
    .catch(String(raw))
    .parse(raw ?? null);
  if (!Array.isArray(reply)) return { summary: brief(reply, about), reply: shown(reply, about, LONGEST_ALONE) };
  const items = fitting(reply.map((item, index) => shown(item, nameAt(reply, index))));
  const left = reply.length - items.length;
  return {
    summary: count(reply.length, 'item'),
    reply: items,
    ...(left > 0 ? { cut: `${count(left, 'more item')} would have been too much text` } : {}),
  };
}

/** Redis answers names and values in turn. */
function nameAt(reply: readonly Json[], index: number): string {
  const before = reply[index - 1];
  return index % 2 === 1 && typeof before === 'string' ? before : '';
}

function brief(reply: Json, about: string): string {
  if (reply === null) return 'nothing';
  if (typeof reply !== 'string') return String(reply);
  return reply.length > 40 ? count(reply.length, 'character') : String(shown(reply, about));
}
