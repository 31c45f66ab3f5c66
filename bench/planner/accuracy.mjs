import { relative } from 'node:path';
import pg from 'pg';
import { importShipped, labelledSets, load, ROOT, withDatabase } from './knowledge.mjs';

const TARGETS = { first: 0.9, three: 0.98 };

/**
 * How often the right runbook is first, and among three, for descriptions whose answer is known: without any outcome, on the
 * runbooks and documents that are shipped. `files`: YAML lists of `{text, alert?, expected}`; default: those of the tests.
 */
export async function accuracy(files) {
  const { createKnowledgeStore } = await load('store/knowledge-store');
  const { look } = await load('engine/knowledge/look');
  const { fitting } = await load('engine/use-cases/fitting');
  await withDatabase(async (url) => {
    const pool = new pg.Pool({ connectionString: url });
    try {
      const store = createKnowledgeStore(pool);
      const runbooks = await importShipped(store);
      const ports = { runbooks, knowledge: { look: (text) => look(text, store) } };
      for (const { file, incidents } of await labelledSets(files)) {
        const places = [];
        for (const { text, alert, expected } of incidents) {
          const found = await fitting({ description: text, ...(alert ? { alert } : {}) }, ports);
          const place = found.findIndex(({ runbook }) => runbook === expected);
          places.push(place);
          if (place !== 0) console.log(missed(text, expected, found));
        }
        console.log(`\n${relative(ROOT, file)}: ${incidents.length} descriptions`);
        tell('right runbook first', places.filter((place) => place === 0).length / places.length, TARGETS.first);
        tell('among three', places.filter((place) => place >= 0 && place < 3).length / places.length, TARGETS.three);
      }
    } finally {
      await pool.end();
    }
  });
}

function missed(text, expected, found) {
  const best = found.slice(0, 3).map(({ runbook, relevance }) => `${runbook} ${relevance.toFixed(2)}`);
  return `  ${expected}: ${JSON.stringify(text.slice(0, 120))}\n      ${best.join(', ') || 'nothing fits'}`;
}

function tell(what, share, target) {
  console.log(
    `${share >= target ? 'met   ' : 'MISSED'}  ${what.padEnd(20)} ${(share * 100).toFixed(1)} %  >= ${target * 100} %`,
  );
}
