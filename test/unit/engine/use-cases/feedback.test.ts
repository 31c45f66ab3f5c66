import { describe, expect, test } from '@jest/globals';
import type { Feedback, Note } from '../../../../src/engine/feedback/feedback.js';
import type { Recovery, RecoveryStep } from '../../../../src/engine/model/recovery.js';
import { addNote, type FeedbackPorts, rate, removeNote } from '../../../../src/engine/use-cases/feedback.js';
import { aSnapshot, aStep, at } from '../../../support/builders.js';
import { ANN, NOW, refusal, who, world } from './memory-ports.js';

const LEE = who('Lee', 'lead');
const VERA = who('Vera', 'viewer');
const ENDED: Partial<Recovery> = { id: 12, state: 'SUCCEEDED' };
const RAN = [aStep(0, { state: 'succeeded', attempts: 1 })];

function given(recovery = ENDED, steps: RecoveryStep[] = RAN, said: Partial<Feedback> = {}) {
  const votes: unknown[] = [];
  const written: string[] = [];
  const removed: number[] = [];
  const feedback: FeedbackPorts['feedback'] = {
    of: async () => new Map([[12, { ratings: [], notes: [], ...said }]]),
    rate: async (_id, vote) => {
      votes.push(vote);
      return said.ratings?.[0];
    },
    addNote: async (_id, note) => {
      written.push(note.text);
      return { ...note, number: 1, at: NOW };
    },
    removeNote: async (_id, number) => removed.push(number) > 0,
  };
  const { ports, told } = world([aSnapshot(steps, recovery)], { feedback });
  return { ports, told, votes, written, removed };
}
const note = (author: string): Note => ({ number: 2, author, text: 'the disk was full', via: 'console', at: at(0) });

describe('whether it helped', () => {
  test('is said of what has ended, and the card is drawn anew', async () => {
    const { ports, votes, told } = given();
    expect((await rate(12, true, ANN, ports)).before).toBeUndefined();
    expect(votes).toEqual([{ person: 'Ann', helped: true, via: 'console' }]);
    expect(told).toContain('changed R-12');
  });

  test('can be said otherwise later, and the answer says what was said before', async () => {
    const ratings = [{ person: 'Ann', helped: true, via: 'slack', at: at(0) }];
    const { ports, told } = given(ENDED, RAN, { ratings });
    expect((await rate(12, false, ANN, ports)).before).toEqual({ helped: true, agoMs: 60_000 });
    expect(told).toEqual(['changed R-12']);
    told.length = 0;
    await rate(12, true, ANN, ports);
    expect(told).toEqual([]);
  });

  test.each<[string, Parameters<typeof given>, typeof ANN, string]>([
    [
      'a viewer',
      [],
      VERA,
      'You may not rate a recovery: that takes the role responder or approver or lead. You are viewer.',
    ],
    [
      'a program',
      [],
      { ...ANN, human: false },
      'Only people say whether a recovery helped, and this token has no person.',
    ],
    [
      'while it runs, or rolls back after all',
      [{ id: 12, state: 'ROLLING_BACK' }],
      ANN,
      'R-12 has not ended (ROLLING_BACK), so nobody can say yet whether it helped.',
    ],
    [
      'when nothing of it ran',
      [{ id: 12, state: 'CANCELLED' }, [aStep(0)]],
      ANN,
      'Nothing of R-12 ran, so it neither helped nor failed to.',
    ],
    ['of none', [{ id: 13, state: 'SUCCEEDED' }], ANN, 'There is no recovery R-12.'],
  ])('is not said by or of: %s', async (_case, args, person, message) => {
    const { ports, votes } = given(...args);
    expect((await refusal(rate(12, true, person, ports))).message).toBe(message);
    expect(votes).toEqual([]);
  });
});

describe('a note', () => {
  test('is one line without secrets, at any time', async () => {
    const { ports, written, told } = given({ id: 12, state: 'IN_PROGRESS' });
    await addNote(12, '  the disk\nwas full,\u0000 password=hunter2 ', ANN, ports);
    expect(written).toEqual(['the disk was full, password=•••']);
    expect(told).toContain('changed R-12');
  });

  test.each([
    ['nothing but blanks', ' \n ', 0],
    ['more than 1,000 characters', '🙂'.repeat(1_001), 1_001],
  ])('is refused when it is %s', async (_case, text, characters) => {
    const { ports, written } = given();
    expect((await refusal(addNote(12, text, ANN, ports))).message).toBe(
      `A note has 1 to 1000 characters; this one has ${characters}. Nothing was written.`,
    );
    expect(written).toEqual([]);
  });

  test('has as many characters as people count', async () => {
    const { ports, written } = given();
    await addNote(12, '🙂'.repeat(1_000), ANN, ports);
    expect(written).toHaveLength(1);
  });

  test('is taken back by whoever wrote it, or by a lead, and by nobody else', async () => {
    const { ports, removed } = given(ENDED, RAN, { notes: [note('Ann')] });
    expect((await refusal(removeNote(12, 2, who('Max', 'responder'), ports))).message).toBe(
      'Ann wrote that note, so only Ann or a lead can take it back.',
    );
    expect((await refusal(removeNote(12, 2, VERA, ports))).code).toBe('forbidden');
    expect((await refusal(removeNote(12, 3, ANN, ports))).message).toBe('R-12 has no note 3.');
    await removeNote(12, 2, ANN, ports);
    await removeNote(12, 2, LEE, ports);
    expect(removed).toEqual([2, 2]);
  });
});
