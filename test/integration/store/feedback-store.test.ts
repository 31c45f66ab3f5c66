import { describe, expect, test } from '@jest/globals';
import { MOST_NOTES } from '../../../src/engine/feedback/feedback.js';
import { createFeedbackStore } from '../../../src/store/feedback-store.js';
import { aDraft, withStore } from './open-store.js';

const on = withStore();
const feedback = () => createFeedbackStore(on.pool);
const made = async (service: string) => (await on.store.create(aDraft(service))).recovery.id;
const kinds = async (id: number) => (await on.store.events(id)).map(({ kind, actor, data }) => ({ kind, actor, data }));

describe('a vote', () => {
  test('is one a person, can be changed, and each change is in the log once', async () => {
    const id = await made('redis');
    const vote = { person: 'Ann', helped: true, via: 'slack' };
    expect(await feedback().rate(id, vote)).toBeUndefined();
    expect(await feedback().rate(id, vote)).toMatchObject({ helped: true });
    expect(await feedback().rate(id, { ...vote, helped: false, via: 'telegram' })).toMatchObject({ helped: true });
    await feedback().rate(id, { ...vote, person: 'Lee' });

    expect((await feedback().of(id)).get(id)?.ratings).toMatchObject([
      { person: 'Ann', helped: false, via: 'telegram' },
      { person: 'Lee', helped: true, via: 'slack' },
    ]);
    expect((await kinds(id)).filter(({ kind }) => kind === 'recovery.rated')).toEqual([
      { kind: 'recovery.rated', actor: 'Ann', data: { service: 'redis', helped: true, was: null, via: 'slack' } },
      { kind: 'recovery.rated', actor: 'Ann', data: { service: 'redis', helped: false, was: true, via: 'telegram' } },
      { kind: 'recovery.rated', actor: 'Lee', data: { service: 'redis', helped: true, was: null, via: 'slack' } },
    ]);
  });

  test('of one person twice in the same moment is one', async () => {
    const id = await made('mail');
    await Promise.all(
      Array.from({ length: 8 }, (_, n) => feedback().rate(id, { person: 'Ann', helped: n % 2 === 0, via: 'api' })),
    );
    expect((await feedback().of(id)).get(id)?.ratings).toHaveLength(1);
  });
});

describe('a note', () => {
  test('has a number of its own, and is one however often the same words come', async () => {
    const id = await made('web');
    const note = { author: 'Ann', text: 'the disk was full', via: 'console' };
    expect(await feedback().addNote(id, note)).toMatchObject({ number: 1, author: 'Ann', text: 'the disk was full' });
    expect(await feedback().addNote(id, note)).toMatchObject({ number: 1 });
    expect(await feedback().addNote(id, { ...note, author: 'Lee' })).toMatchObject({ number: 2 });
    expect((await feedback().of(id)).get(id)?.notes.map(({ author }) => author)).toEqual(['Ann', 'Lee']);
    expect((await kinds(id)).filter(({ kind }) => kind === 'recovery.noted')).toHaveLength(2);
  });

  test('that was taken back leaves neither words nor a number that is given again', async () => {
    const id = await made('shop');
    const note = { author: 'Ann', via: 'console' };
    await feedback().addNote(id, { ...note, text: 'wrong place' });
    expect(await feedback().removeNote(id, 1, 'Ann')).toBe(true);
    expect(await feedback().removeNote(id, 1, 'Ann')).toBe(false);
    expect(await feedback().addNote(id, { ...note, text: 'wrong place' })).toMatchObject({ number: 2 });
    const { rows } = await on.pool.query("SELECT * FROM events WHERE data::text LIKE '%wrong place%'");
    expect(rows).toEqual([]);
  });

  test('finds its own number beside others of the same moment, and no room after fifty', async () => {
    const id = await made('queue');
    const add = (n: number) => feedback().addNote(id, { author: 'Ann', text: `note ${n}`, via: 'api' });
    await Promise.all(Array.from({ length: 12 }, (_, n) => add(n)));
    for (let n = 12; n < MOST_NOTES; n++) await add(n);
    const { notes = [] } = (await feedback().of(id)).get(id) ?? {};
    expect(notes.map(({ number }) => number)).toEqual(Array.from({ length: MOST_NOTES }, (_, n) => n + 1));
    expect(await add(MOST_NOTES)).toBe('full');
  });
});

test('what nobody said anything of is absent', async () => {
  const id = await made('quiet');
  expect((await feedback().of(id, id + 1)).size).toBe(0);
  expect((await feedback().of()).size).toBe(0);
});
