import { describe, expect, test } from '@jest/globals';
import { BEGINNING } from '../../../../src/engine/audit/chain.js';
import { verifyChain } from '../../../../src/engine/audit/verify-chain.js';
import { entriesAfter } from '../../../../src/store/audit/entries.js';
import { sealAll, sealNext } from '../../../../src/store/audit/sealer.js';
import { continueLog } from '../../../../src/store/log-order.js';
import { withStore } from '../open-store.js';
import { allSealed } from './all-sealed.js';

const on = withStore();
const patience = new AbortController().signal;

async function chain() {
  const links = [];
  for await (const entry of entriesAfter(on.pool, 0, undefined, patience)) links.push(entry);
  return links;
}

describe('the sealer', () => {
  test('seals each committed event once, with everything that it says', async () => {
    await on.store.record(null, [
      { kind: 'token.made', actor: 'Ann', data: { via: 'cli', reason: 'new "robot" é\n', digest: 'ab', n: 1.5 } },
      { kind: 'odd', actor: 'Lee', data: { via: 7, list: [1, null] } },
    ]);
    await allSealed(on.pool);
    const links = await chain();
    expect(links.slice(-2).map(({ fact }) => fact)).toMatchObject([
      { who: 'Ann', what: 'token.made', via: 'cli', why: 'new "robot" é\n', digest: 'ab', recovery: null },
      { who: 'Lee', what: 'odd', via: null, why: null },
    ]);
    expect(await verifyChain(links, BEGINNING)).toMatchObject({ intact: true, end: { seq: links.length } });
    expect(await sealNext(on.pool)).toBe(0);
  });

  test('waits for a transaction that began earlier, so that nothing comes to lie before what is sealed', async () => {
    const early = await on.pool.connect();
    try {
      await early.query('BEGIN');
      await early.query(`INSERT INTO events (kind, actor, data) VALUES ('early', 'test', '{}')`);
      await on.store.record(null, [{ kind: 'late', actor: 'test', data: {} }]);
      await sealAll(on.pool, patience);
      expect((await chain()).map(({ fact }) => fact.what)).not.toContain('late');
      await early.query('COMMIT');
    } finally {
      early.release();
    }
    await allSealed(on.pool);
    expect((await chain()).slice(-2).map(({ fact }) => fact.what)).toEqual(['early', 'late']);
  });

  test('keeps numbers beyond 2^53 and microseconds as they are', async () => {
    await on.pool.query(
      `INSERT INTO events (kind, actor, data, at) VALUES ('exact', 'test', '{"n": 9007199254740993, "tiny": 1.10}', '2026-11-01T00:00:00.000001Z')`,
    );
    await allSealed(on.pool);
    const last = (await chain()).at(-1);
    expect(last?.fact).toMatchObject({
      at: '2026-11-01T00:00:00.000001Z',
      data: '{"n": 9007199254740993, "tiny": 1.10}',
    });
  });

  test('of two at once writes one chain', async () => {
    await on.store.record(
      null,
      Array.from({ length: 2_500 }, (_, n) => ({ kind: 'many', actor: 'test', data: { n } })),
    );
    await Promise.all([sealAll(on.pool, patience), sealAll(on.pool, patience), sealAll(on.pool, patience)]);
    await allSealed(on.pool);
    const links = await chain();
    expect(links.filter(({ fact }) => fact.what === 'many')).toHaveLength(2_500);
    expect(await verifyChain(links, BEGINNING)).toMatchObject({ intact: true });
  });

  test('goes on in a copy of the database whose transactions are counted anew', async () => {
    await on.pool.query(
      `INSERT INTO events (kind, actor, data, xid) VALUES ('elsewhere', 'test', '{}', '900000000001'), ('elsewhere', 'test', '{}', '900000000000')`,
    );
    await on.pool.query('ALTER TABLE audit.entries DISABLE TRIGGER USER');
    const last = (await chain()).at(-1)?.seq ?? 0;
    await on.pool.query(`UPDATE audit.entries SET xid = '800000000000' WHERE seq = $1`, [last]);
    await continueLog(on.pool);
    await on.store.record(null, [{ kind: 'here', actor: 'test', data: {} }]);
    await allSealed(on.pool);
    await on.store.record(null, [{ kind: 'here again', actor: 'test', data: {} }]);
    await allSealed(on.pool);
    expect((await chain()).slice(last).map(({ fact }) => fact.what)).toEqual([
      'elsewhere',
      'elsewhere',
      'here',
      'here again',
    ]);
  });
});
