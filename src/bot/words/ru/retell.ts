import { PHRASES } from './phrases.js';

/** A phrase within a phrase within a phrase is as deep as the engine goes; longer text is not its own. */
const DEEPEST = 3;
const LONGEST = 5_000;

/**
 * What the engine wrote, in Russian. It stores these phrases in plans, outcomes and events, where old ones must stay
 * readable, too. Text that matches nothing is left alone: it is somebody's name, or what a program wrote.
 */
export function retell(text: string, depth = 1): string {
  if (text.length > LONGEST) return text;
  for (const { pattern, say, within } of PHRASES) {
    const match = pattern.exec(text);
    if (!match) continue;
    const deeper = (part: string, index: number) =>
      index === within && depth < DEEPEST ? retell(part, depth + 1) : part;
    return say(...match.slice(1).map(deeper));
  }
  return text;
}
