import { describe, expect, test } from '@jest/globals';
import { createAnswerStore } from '../../../src/store/answer-store.js';
import { answersInMemory } from '../../support/memory-answers.js';
import { withStore } from './open-store.js';

const on = withStore();
const ANSWER = { status: 202, headers: { Location: '/recoveries/R-1' }, type: 'application/json', text: '{}' };
const kept = { Postgres: () => createAnswerStore(on.pool), memory: () => answersInMemory() };

describe.each(['Postgres', 'memory'] as const)('answers in %s', (where) => {
  test('a key is claimed by one of several at once', async () => {
    const answers = kept[where]();
    const begun = await Promise.all(Array.from({ length: 8 }, () => answers.begin('ci', 'race', 'digest')));
    expect(begun.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
    expect(begun.filter(({ kind }) => kind === 'running')).toHaveLength(7);
  });

  test('what was answered is given again, to its owner alone', async () => {
    const answers = kept[where]();
    await answers.begin('ci', 'k', 'digest');
    await answers.keep('ci', 'k', ANSWER);
    await answers.drop('ci', 'k');
    expect(await answers.begin('ci', 'k', 'other')).toEqual({ kind: 'done', request: 'digest', answer: ANSWER });
    expect(await answers.begin('board', 'k', 'digest')).toEqual({ kind: 'begun' });
  });

  test('a key that was dropped is free', async () => {
    const answers = kept[where]();
    await answers.begin('ci', 'refused', 'digest');
    await answers.drop('ci', 'refused');
    expect(await answers.begin('ci', 'refused', 'other')).toEqual({ kind: 'begun' });
  });
});

test('a key is free again when its time is over', async () => {
  const answers = createAnswerStore(on.pool);
  await answers.begin('ci', 'old', 'digest');
  await answers.keep('ci', 'old', ANSWER);
  await on.pool.query(`UPDATE kept_answers SET expires_at = now() - interval '1 second' WHERE key = 'old'`);
  expect(await answers.begin('ci', 'old', 'other')).toEqual({ kind: 'begun' });
  expect(await answers.begin('ci', 'old', 'other')).toEqual({ kind: 'running', request: 'other' });
});
