import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sharedCommit } from '../../../src/store/shared-commit.js';

/** A rim that a test opens by hand: every send waits until it is answered. */
function gated(options: { most?: number; lanes?: number; undone?: (error: unknown) => boolean } = {}) {
  const sent: { items: string[]; answer(): Promise<void>; refuse(error: Error): Promise<void> }[] = [];
  let onTheirWay = 0;
  let most = 0;
  const send = (items: string[]): Promise<string[]> => {
    onTheirWay += 1;
    most = Math.max(most, onTheirWay);
    const settled = async (by: () => void) => {
      onTheirWay -= 1;
      by();
      // One turn for the answer, one in which what waits is gathered.
      await turn();
      await turn();
    };
    return new Promise((resolve, reject) => {
      sent.push({
        items,
        answer: () => settled(() => resolve(items.map((item) => item.toUpperCase()))),
        refuse: (error) => settled(() => reject(error)),
      });
    });
  };
  const commit = sharedCommit(send, { most: 64, lanes: 1, undone: () => true, ...options });
  return { commit, sent, mostOnTheirWay: () => most, batches: () => sent.map(({ items }) => items.join('')) };
}

/** Lets every promise that is ready go on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const answerAll = async (sent: { answer(): Promise<void> }[]) => {
  for (let next = 0; next < sent.length; next += 1) await sent[next]?.answer();
};

describe('sharing', () => {
  test('a single write is sent in the same turn', async () => {
    const { commit, batches } = gated();
    void commit('a');
    await turn();
    expect(batches()).toEqual(['a']);
  });

  test('what is written in one turn goes together, and so does what arrives while that is on its way', async () => {
    const { commit, sent, batches } = gated();
    const first = Promise.all([...'ab'].map(commit));
    await turn();
    const second = Promise.all([...'cd'].map(commit));
    await turn();
    expect(batches()).toEqual(['ab']);
    await answerAll(sent);
    expect(batches()).toEqual(['ab', 'cd']);
    expect(await Promise.all([first, second])).toEqual([
      ['A', 'B'],
      ['C', 'D'],
    ]);
  });

  test('no batch is greater than allowed', async () => {
    const { commit, sent, batches } = gated({ most: 2 });
    const results = Promise.all([...'abcde'].map(commit));
    await turn();
    await answerAll(sent);
    expect(batches()).toEqual(['ab', 'cd', 'e']);
    expect(await results).toEqual([...'ABCDE']);
  });

  test('as many are on their way as there are lanes', async () => {
    const { commit, sent, batches } = gated({ lanes: 2, most: 2 });
    void Promise.all([...'abcde'].map(commit));
    await turn();
    expect(batches()).toEqual(['ab', 'cd']);
    await sent[1]?.answer();
    expect(batches()).toEqual(['ab', 'cd', 'e']);
  });
});

describe('a bad write', () => {
  const statementFailed = new Error('invalid input syntax');
  test('does not fail its neighbours: each is sent again alone, one after the other', async () => {
    const w = gated();
    const results = Promise.allSettled([...'bc'].map(w.commit));
    await turn();
    await w.sent[0]?.refuse(statementFailed);
    await w.sent[1]?.refuse(statementFailed);
    await w.sent[2]?.answer();
    expect(w.batches()).toEqual(['bc', 'b', 'c']);
    expect(await results).toEqual([
      { status: 'rejected', reason: statementFailed },
      { status: 'fulfilled', value: 'C' },
    ]);
    expect(w.mostOnTheirWay()).toBe(1);
  });

  test('is not sent twice when the batch may have been written: every writer is told instead', async () => {
    const lostReply = new Error('Connection terminated');
    const w = gated({ undone: (error) => error !== lostReply });
    const results = Promise.allSettled([...'bc'].map(w.commit));
    await turn();
    await w.sent[0]?.refuse(lostReply);
    expect(w.batches()).toEqual(['bc']);
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('alone is told at once, and what comes next is sent', async () => {
    const w = gated({ most: 1 });
    const results = Promise.allSettled([...'ab'].map(w.commit));
    await turn();
    await w.sent[0]?.refuse(statementFailed);
    await w.sent[1]?.answer();
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  test('that gets no result is an error, and nobody waits for ever', async () => {
    const commit = sharedCommit(async () => [], { most: 64, lanes: 1, undone: () => false });
    await expect(commit('a')).rejects.toThrow('1 writes were answered by 0 results');
  });

  test('leaves the lane free', async () => {
    const w = gated();
    const results = Promise.allSettled([...'bc'].map(w.commit));
    await turn();
    await w.sent[0]?.refuse(statementFailed);
    await w.sent[1]?.answer();
    await w.sent[2]?.answer();
    await results;
    void w.commit('d');
    await turn();
    expect(w.batches().at(-1)).toBe('d');
  });
});

test('whatever fails, everybody gets an own answer, lanes and sizes are kept', async () => {
  const items = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      items,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 8 }),
      fc.func(fc.boolean()),
      async (all, lanes, most, bad) => {
        let onTheirWay = 0;
        const send = async (batch: string[]) => {
          onTheirWay += 1;
          expect(onTheirWay).toBeLessThanOrEqual(lanes);
          expect(batch.length).toBeLessThanOrEqual(most);
          await turn();
          onTheirWay -= 1;
          if (batch.some((item) => bad(item))) throw new Error('bad');
          return batch.map((item) => `${item}!`);
        };
        const results = await Promise.allSettled(all.map(sharedCommit(send, { most, lanes, undone: () => true })));
        expect(results.map((result) => (result.status === 'fulfilled' ? result.value : undefined))).toEqual(
          all.map((item) => (bad(item) ? undefined : `${item}!`)),
        );
      },
    ),
    { numRuns: 50 },
  );
});
