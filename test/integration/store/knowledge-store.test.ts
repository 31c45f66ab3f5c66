import { describe, expect, test } from '@jest/globals';
import { countOutcomes } from '../../../src/engine/knowledge/count-outcomes.js';
import { importDocuments } from '../../../src/engine/knowledge/documents.js';
import type { PlanDocument } from '../../../src/engine/knowledge/knowledge.js';
import { look } from '../../../src/engine/knowledge/look.js';
import { createKnowledgeStore } from '../../../src/store/knowledge-store.js';
import { aDraft, withStore } from './open-store.js';

const on = withStore();
const knowledge = () => createKnowledgeStore(on.pool);

/** A recovery that has ended so, of a plan that knew what it was about. */
async function ended(service: string, about: string, state = 'SUCCEEDED'): Promise<number> {
  const { recovery } = await on.store.create(aDraft(service, {}, { about }));
  await end(recovery.id, state);
  return recovery.id;
}

async function end(id: number, state: string): Promise<void> {
  await on.pool.query('UPDATE recoveries SET state = $2, ended_at = now(), active_ms = 12000 WHERE id = $1', [
    id,
    state,
  ]);
}

async function countOf(lexeme: string): Promise<number> {
  const found = await knowledge().terms([lexeme]);
  return found.filter((term) => term.lexeme === lexeme).reduce((sum, { entries }) => sum + entries, 0);
}

describe('the end of a recovery', () => {
  test('is kept with what was tried, whether it helped, and how long it took', async () => {
    const id = await ended('redis', 'keyspace vanished');
    expect(await knowledge().latest('redis', 10)).toMatchObject([
      { recovery: id, plan: 'runbook:redis_outage', succeeded: true, activeMs: 12_000 },
    ]);
  });

  test('is not kept when its transaction is rolled back', async () => {
    const { recovery } = await on.store.create(aDraft('web'));
    const client = await on.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query(`UPDATE recoveries SET state = 'FAILED' WHERE id = $1`, [recovery.id]);
      await client.query('ROLLBACK');
    } finally {
      client.release();
    }
    expect(await knowledge().latest('web', 10)).toEqual([]);
  });

  test('that is undone later did not help; it is still one outcome', async () => {
    const id = await ended('api', 'quorum lost');
    await end(id, 'ROLLING_BACK');
    await end(id, 'ROLLED_BACK');
    expect(await knowledge().latest('api', 10)).toMatchObject([{ recovery: id, succeeded: false }]);
  });

  test('comes with what people say of it', async () => {
    const id = await ended('rated', 'cold cache');
    for (const [person, helped] of [
      ['Ann', true],
      ['Lee', false],
      ['Max', false],
    ])
      await on.pool.query(`INSERT INTO ratings (recovery_id, person, helped, via) VALUES ($1, $2, $3, 'console')`, [
        id,
        person,
        helped,
      ]);
    expect(await knowledge().latest('rated', 10)).toMatchObject([{ ratings: { helped: 1, not: 2 } }]);
  });

  test('that was cancelled says nothing', async () => {
    await ended('shop', 'never mind', 'CANCELLED');
    expect(await knowledge().latest('shop', 10)).toEqual([]);
  });

  test('is counted once, however many count at the same time', async () => {
    await ended('queue', 'zookeeper session expired');
    await Promise.all([countOutcomes(knowledge()), countOutcomes(knowledge()), countOutcomes(knowledge())]);
    expect(await countOf('zookeep')).toBe(1);
  });

  test('is counted later when whoever counts dies', async () => {
    await ended('mail', 'smtp greylisting');
    const dies = knowledge().readOutcomes(100, () => Promise.reject(new Error('killed')));
    await expect(dies).rejects.toThrow('killed');
    expect(await countOf('greylist')).toBe(0);
    await countOutcomes(knowledge());
    expect(await countOf('greylist')).toBe(1);
  });

  test('is found by an incident like it, on another service', async () => {
    const id = await ended('billing', 'mnesia partitioned, split brain');
    await countOutcomes(knowledge());
    const { alike } = await look('mnesia shows a split brain', knowledge());
    expect(alike.map((outcome) => outcome.id)).toContain(id);
  });
});

describe('a note', () => {
  const note = (id: number, number: number, text: string | null) =>
    on.pool.query(
      `INSERT INTO notes (recovery_id, number, author, text, via) VALUES ($1, $2, 'Ann', $3, 'console')
       ON CONFLICT (recovery_id, number) DO UPDATE SET text = excluded.text`,
      [id, number, text],
    );
  const alike = async (text: string) => {
    await countOutcomes(knowledge());
    return (await look(text, knowledge())).alike.map(({ id }) => id);
  };

  test('is part of what the incident was, before its recovery ends and after', async () => {
    const { recovery } = await on.store.create(aDraft('noted', {}, { about: 'slow pages' }));
    await note(recovery.id, 1, 'the flywheel replicator stalled');
    await end(recovery.id, 'SUCCEEDED');
    expect(await alike('flywheel replicator stalled')).toContain(recovery.id);
    await note(recovery.id, 2, 'caused by a gyroscope upgrade');
    expect(await alike('gyroscope upgrade')).toContain(recovery.id);
    expect(await alike('flywheel replicator')).toContain(recovery.id);
  });

  test('that is taken back is forgotten, and what was counted before is counted once', async () => {
    const id = await ended('taken_back', 'thermocline inversion');
    await countOutcomes(knowledge());
    await note(id, 1, 'sprocket fracture');
    expect(await alike('sprocket fracture')).toContain(id);
    expect([await countOf('sprocket'), await countOf('thermoclin')]).toEqual([1, 1]);
    await note(id, 1, null);
    expect(await alike('sprocket fracture')).not.toContain(id);
    expect([await countOf('sprocket'), await countOf('thermoclin')]).toEqual([0, 1]);
  });
});

describe('documents', () => {
  const about = (source: string, text: string): PlanDocument => ({
    source,
    kind: 'document',
    plan: `runbook:${source}`,
    text,
  });
  const thaw = about('thaw', 'The glacier is frozen\nледник замерз');
  const melt = about('melt', 'The volcano erupts');

  test('are imported once, again when they change, and are gone when they are removed', async () => {
    expect(await importDocuments([thaw, melt], knowledge())).toBe(true);
    expect(await importDocuments([thaw, melt], knowledge())).toBe(false);
    expect((await look('frozen glacier', knowledge())).written.get('runbook:thaw')).toBeGreaterThan(0);
    expect(await importDocuments([thaw, about('melt', 'A geyser')], knowledge())).toBe(true);
    expect(await knowledge().terms(['volcano'])).not.toContainEqual(expect.objectContaining({ lexeme: 'volcano' }));
    expect(await importDocuments([thaw], knowledge())).toBe(true);
    expect([...(await knowledge().documents()).keys()]).toEqual(['thaw']);
  });

  test('are found in Russian, in any case and number', async () => {
    await importDocuments([thaw], knowledge());
    expect((await look('проблемы с ледниками', knowledge())).written.get('runbook:thaw')).toBeGreaterThan(0);
  });

  test('are found by a mistyped word', async () => {
    await importDocuments([thaw], knowledge());
    expect(await knowledge().read(['glacer'])).toEqual([{ word: 'glacer', meant: 'glacier', stem: 'glacier' }]);
  });

  test('are found without pg_trgm, by words as they are', async () => {
    await importDocuments([thaw], knowledge());
    await on.pool.query('DROP EXTENSION pg_trgm CASCADE');
    expect(await knowledge().read(['glacer'])).toEqual([{ word: 'glacer', meant: 'glacer', stem: 'glacer' }]);
    expect((await look('frozen glacier', knowledge())).written.get('runbook:thaw')).toBeGreaterThan(0);
  });
});
