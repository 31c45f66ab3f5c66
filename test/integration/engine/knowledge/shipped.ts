import { importDocuments } from '../../../../src/engine/knowledge/documents.js';
import type { KnowledgeStore } from '../../../../src/engine/knowledge/knowledge.js';
import { ownDocuments, readFolder } from '../../../../src/engine/knowledge/read-folder.js';
import { loadRunbooks } from '../../../../src/engine/planner/load-runbooks.js';
import type { Runbook } from '../../../../src/engine/planner/runbook.js';

/** The runbooks and documents of this repository, as a node imports them. */
export async function importShipped(store: KnowledgeStore): Promise<Runbook[]> {
  const runbooks = await loadRunbooks('runbooks');
  const { documents, passedOver } = await readFolder('knowledge', { runbooks, strategies: [] });
  if (passedOver.length > 0) throw new Error(passedOver.join('\n'));
  await importDocuments([...ownDocuments(runbooks), ...documents], store);
  return runbooks;
}
