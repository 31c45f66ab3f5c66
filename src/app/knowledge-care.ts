import { countOutcomes } from '../engine/knowledge/count-outcomes.js';
import { importDocuments } from '../engine/knowledge/documents.js';
import { ownDocuments, readFolder } from '../engine/knowledge/read-folder.js';
import { STRATEGIES } from '../engine/planner/strategies/strategies.js';
import { createKnowledgeStore } from '../store/knowledge-store.js';
import { createLeadership } from '../store/leadership.js';
import type { Pool } from '../store/pool.js';
import type { Closing } from './closing.js';
import { startLeaderLook } from './leader-look.js';
import type { NodeOptions } from './node-options.js';

const OUTCOMES_MS = 1_000;
const DOCUMENTS_MS = 30_000;

/** One process of the cluster keeps the knowledge base: it counts what ended, and imports what is written. */
export function startKnowledgeCare(options: NodeOptions, { pool, closing }: { pool: Pool; closing: Closing }): void {
  const { runbooks, knowledgeDir, log } = options;
  const store = createKnowledgeStore(pool);
  const leadership = createLeadership(pool, 'knowledge');
  closing.add('leadership of knowledge', () => leadership.close());
  const strategies = [...STRATEGIES.keys(), ...(options.extraStrategies ?? []).map(({ name }) => name)];
  let told = '';

  async function documents(): Promise<void> {
    const found = await readFolder(knowledgeDir, { runbooks, strategies });
    const passedOver = found.passedOver.join('\n');
    if (passedOver !== told) {
      told = passedOver;
      for (const why of found.passedOver) log('warn', 'a document of the knowledge folder is not counted', { why });
    }
    const changed = await importDocuments([...ownDocuments(runbooks), ...found.documents], store);
    if (changed) log('info', 'documents were imported', { documents: found.documents.length, folder: knowledgeDir });
  }

  const looking = { leads: leadership.leads, log };
  const counting = startLeaderLook('outcomes', () => countOutcomes(store), { ...looking, everyMs: OUTCOMES_MS });
  closing.add('counting of outcomes', () => counting.stop());
  const importing = startLeaderLook('documents', documents, { ...looking, everyMs: DOCUMENTS_MS });
  closing.add('import of documents', () => importing.stop());
}
