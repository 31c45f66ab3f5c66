import { expect, test } from '@jest/globals';
import type { Alert, Taken } from '../../../../src/engine/alerts/alert.js';
import { createGather } from '../../../../src/engine/alerts/gather.js';
import { UserError } from '../../../../src/engine/model/errors.js';

const alert = (fingerprint: string): Alert => ({
  source: 's',
  fingerprint,
  group: 'g',
  name: 'n',
  service: null,
  about: null,
  labels: {},
  says: '',
  severity: 0.5,
  status: 'firing',
  startsAt: new Date(0),
  endsAt: null,
});
const many = (n: number) => Array.from({ length: n }, (_, each) => alert(`f${each}`));

test('what comes while a write is on its way goes with the next one, and everybody has their own answers', async () => {
  const sizes: number[] = [];
  const take = createGather(async (alerts) => {
    sizes.push(alerts.length);
    return alerts.map(({ fingerprint }): Taken => (fingerprint === 'late' ? 'late' : 'new'));
  });
  const answers = await Promise.all([take([alert('a')]), take([alert('late')]), take([alert('b'), alert('late')])]);
  expect(answers).toEqual([['new'], ['late'], ['new', 'late']]);
  expect(sizes).toEqual([1, 3]);
  expect(await take([])).toEqual([]);
});

test('one that cannot be stored takes no other with it', async () => {
  const take = createGather(async (alerts) => {
    if (alerts.some(({ fingerprint }) => fingerprint === 'bad')) throw new Error('cannot be stored');
    return alerts.map((): Taken => 'new');
  });
  const [, good, bad] = await Promise.allSettled([take([alert('a')]), take([alert('b')]), take([alert('bad')])]);
  expect([good?.status, bad?.status]).toEqual(['fulfilled', 'rejected']);
});

test('while the store is away everybody is told so, and nobody twice', async () => {
  let writes = 0;
  const take = createGather(() => {
    writes += 1;
    return Promise.reject(new UserError('unavailable', 'away'));
  });
  const told = await Promise.allSettled([take([alert('a')]), take([alert('b')]), take([alert('c')])]);
  expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(writes).toBe(2);
});

test('more than can wait in memory stays with its sender', async () => {
  let open: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const take = createGather(async (alerts) => {
    await gate;
    return alerts.map((): Taken => 'new');
  });
  const first = take([alert('a')]);
  const waiting = [take(many(15_000)), take(many(5_000))];
  await expect(take(many(1))).rejects.toThrow('Too many alerts wait');
  open?.();
  expect((await first).length + (await Promise.all(waiting)).flat().length).toBe(20_001);
});
