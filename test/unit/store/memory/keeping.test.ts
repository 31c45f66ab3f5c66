import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { move } from '../../../../src/engine/recovery/move.js';
import { cancelIdle } from '../../../../src/engine/recovery/person-moves.js';
import { createHeap } from '../../../../src/store/memory/heap.js';
import { aDraft } from '../../../support/drafts.js';
import { aMemoryStore } from '../../../support/memory-store.js';

describe('the memory of one process', () => {
  test('does not grow for ever: the oldest that have ended are forgotten, and what is active stays', async () => {
    const { store } = aMemoryStore(3);
    await store.create(aDraft('stays'));
    for (let n = 0; n < 10; n += 1) {
      const { recovery } = await store.create(aDraft(`one-${n}`));
      const snapshot = await store.load(recovery.id);
      if (snapshot) await store.commit(cancelIdle(move(snapshot), 'test', new Date()));
    }
    const kept = await store.list({ limit: 100 });
    expect(kept.map(({ recovery }) => recovery.service)).toEqual(['one-9', 'one-8', 'one-7', 'stays']);
  });
});

describe('a heap', () => {
  test('gives back everything that it was given, the least first, however it came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (numbers) => {
        const heap = createHeap<number>((one, other) => one < other);
        for (const number of numbers) heap.push(number);
        const taken = numbers.map(() => heap.pop());
        expect(taken).toEqual([...numbers].sort((one, other) => one - other));
        expect(heap.pop()).toBeUndefined();
      }),
    );
  });
});
