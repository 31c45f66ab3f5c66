import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { parse } from 'yaml';
import { z } from 'zod';
import { look } from '../../../../src/engine/knowledge/look.js';
import type { Runbook } from '../../../../src/engine/planner/runbook.js';
import { fitting } from '../../../../src/engine/use-cases/fitting.js';
import { createKnowledgeStore } from '../../../../src/store/knowledge-store.js';
import { withDatabase } from '../../../support/index.js';
import { importShipped } from './shipped.js';

const FOLDER = 'test/fixtures/incidents';
const labelled = z.array(z.strictObject({ text: z.string(), alert: z.string().optional(), expected: z.string() }));

const database = withDatabase();
let runbooks: Runbook[] = [];

beforeAll(async () => {
  await withPool(async (pool) => {
    runbooks = await importShipped(createKnowledgeStore(pool));
  });
}, 60_000);

async function withPool<T>(use: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = new Pool({ connectionString: database.url });
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

/** Places of the right runbook, without any outcome. */
async function placesIn(file: string): Promise<number[]> {
  const set = labelled.parse(parse(readFileSync(`${FOLDER}/${file}`, 'utf8')));
  return withPool(async (pool) => {
    const store = createKnowledgeStore(pool);
    const ports = { runbooks, knowledge: { look: (text: string) => look(text, store) } };
    const places: number[] = [];
    for (const { text, alert, expected } of set) {
      const found = await fitting({ description: text, ...(alert === undefined ? {} : { alert }) }, ports);
      const place = found.findIndex(({ runbook }) => runbook === expected);
      places.push(place < 0 ? Number.POSITIVE_INFINITY : place);
    }
    return places;
  });
}

test.each(readdirSync(FOLDER))(
  '%s: the right runbook is first in nine of ten, and among three in nearly all',
  async (file) => {
    const places = await placesIn(file);
    expect(places.filter((place) => place === 0).length / places.length).toBeGreaterThanOrEqual(0.9);
    expect(places.filter((place) => place < 3).length / places.length).toBeGreaterThanOrEqual(0.975);
  },
  60_000,
);

test.each(['web is down', 'something is broken, users complain', 'please restart it', 'the lunch menu for Friday'])(
  'nothing is chosen for "%s"',
  async (description) => {
    const found = await withPool((pool) => {
      const store = createKnowledgeStore(pool);
      return fitting({ description }, { runbooks, knowledge: { look: (text) => look(text, store) } });
    });
    expect(found.filter(({ fits }) => fits)).toEqual([]);
  },
);
