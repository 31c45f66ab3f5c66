import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { retold, wordsOf } from '../../../../src/bot/words/languages.js';
import { createForgeries, type ForgeriesOptions } from '../../../../src/engine/constitution/forgeries.js';

const DAY = new Date('2026-11-23T03:00:00Z');

beforeEach(() => void jest.useFakeTimers({ now: DAY }));
afterEach(() => void jest.useRealTimers());

function watch(record?: ForgeriesOptions['record']) {
  const told: Parameters<ForgeriesOptions['record']>[] = [];
  const keep: ForgeriesOptions['record'] = async (...said) => void told.push(said);
  const forgeries = createForgeries({ record: record ?? keep, now: () => new Date(), log: () => {} });
  const counts = () => told.map(([[event]]) => event?.data.count);
  const pages = () => told.flatMap(([, effects]) => effects.map(({ key }) => key));
  return { forgeries, told, counts, pages };
}

test('a flood is one event and one page at first, and one event a minute while it lasts', async () => {
  const { forgeries, counts, pages, told } = watch();
  for (let n = 0; n < 10_000; n += 1) forgeries.found({ where: 'wake-default', job: `evil-${n}` });
  await jest.advanceTimersByTimeAsync(1_000);
  expect(counts()).toEqual([10_000]);
  expect(told[0]?.[1][0]?.payload).toMatchObject({ service: "Reviver's Redis", code: 'forged' });
  expect(told[0]?.[1][0]?.payload.reason).toMatch(/10000 so far, the first is evil-0\).*recoveries go on/);
  for (let n = 0; n < 600; n += 1) {
    forgeries.found({ where: 'signals' });
    await jest.advanceTimersByTimeAsync(100);
  }
  expect(counts()).toEqual([10_000, 600]);
  expect(new Set(pages()).size).toBe(1);
});

test.each([
  [{ where: 'signals' }, 'в него пишет кто-то чужой: 1 сообщение без подписи Reviver в signals. Они'],
  [{ where: 'wake-default', job: 'R-1.e1.v1' }, 'без подписи Reviver в wake-default, первое: R-1.e1.v1. Они'],
])('is told in Russian, too', async (found, said) => {
  const { forgeries, told } = watch();
  forgeries.found(found);
  await forgeries.close();
  expect(retold(wordsOf('ru'), String(told[0]?.[0][0]?.data.reason))).toContain(said);
});

test('the next day people are paged again', async () => {
  const { forgeries, pages } = watch();
  forgeries.found({ where: 'signals' });
  await jest.advanceTimersByTimeAsync(24 * 3_600_000);
  forgeries.found({ where: 'signals' });
  await jest.advanceTimersByTimeAsync(60_000);
  expect(pages()).toEqual(['forged:2026-11-23', 'forged:2026-11-24']);
});

test('what could not be recorded is counted on, and told when the store is back', async () => {
  let away = true;
  const counts: unknown[] = [];
  const { forgeries } = watch(async ([event]) => {
    if (away) throw new Error('away');
    counts.push(event?.data.count);
  });
  forgeries.found({ where: 'signals' });
  await jest.advanceTimersByTimeAsync(1_000);
  away = false;
  forgeries.found({ where: 'signals' });
  await jest.advanceTimersByTimeAsync(60_000);
  expect(counts).toEqual([2]);
});

test('closing records the last ones, and leaves no timer behind', async () => {
  const { forgeries, counts } = watch();
  forgeries.found({ where: 'signals' });
  await forgeries.close();
  expect(counts()).toEqual([1]);
  expect(jest.getTimerCount()).toBe(0);
});

test('an id is told as far as it looks like one', async () => {
  const { forgeries, told } = watch();
  forgeries.found({ where: 'wake-default', job: `<b>\n@channel</b>${'x'.repeat(500)}` });
  await forgeries.close();
  expect(told[0]?.[0][0]?.data.job).toBe(`?b???channel??b?${'x'.repeat(64)}`);
});
