import { withoutName } from '../planner/technology.js';
import type { KnowledgeStore } from './knowledge.js';
import { lexemesOf, tokensOf } from './tokens.js';

/** Outcomes of one transaction. */
const AT_ONCE = 200;

/** Reads what ended recoveries were about, so that incidents like them find them. Each is counted once, whoever dies meanwhile. */
export async function countOutcomes(store: KnowledgeStore): Promise<void> {
  const read = async (outcomes: readonly { service: string; body: string }[]) => {
    const texts = outcomes.map(({ service, body }) => withoutName(body, service));
    return (await tokensOf(texts, store)).map(lexemesOf);
  };
  while ((await store.readOutcomes(AT_ONCE, read)) === AT_ONCE);
}
