import { describe, expect, test } from '@jest/globals';
import { retold, wordsOf } from '../../../../src/bot/words/languages.js';
import type { Constitution } from '../../../../src/engine/constitution/constitution.js';
import { createConstitutionGuard, type GuardOptions, type Pin } from '../../../../src/engine/constitution/guard.js';
import { RecoveryConstitutionalError } from '../../../../src/engine/model/errors.js';

const [OLD, NEW, EVIL] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
const HASH = 'cdd01ef066bc6cf2';
const RULES: Constitution = {
  hash: HASH,
  forbiddenActions: [],
  protectedServices: [],
  highestRiskWithoutApproval: 1,
  leastQuorumForCriticalServices: 1,
  source: { file: '/c.yaml', sha256: OLD },
};

/** A guard whose file, pins and clock can be changed. */
function guarded() {
  const world = { present: OLD as string | undefined, pins: [{ sha256: OLD, hash: HASH }] as Pin[], ms: 0, asked: 0 };
  const told: Parameters<GuardOptions['record']>[] = [];
  const pins = {
    async accepted() {
      world.asked += 1;
      return world.pins;
    },
  };
  const guard = createConstitutionGuard({
    constitution: RULES,
    pins,
    digestNow: async () => world.present,
    record: async (...said) => void told.push(said),
    log: () => {},
    nowMs: () => world.ms,
    now: () => new Date(Date.UTC(2026, 10, 23) + world.ms),
  });
  const keys = () => told.flatMap(([, effects]) => effects.map(({ key }) => key));
  return { guard, world, told, keys };
}

describe('what does not hold is said with what is there, what is pinned, and what to do:', () => {
  const RU = wordsOf('ru');
  const spoken = (text: string) =>
    retold(RU, text).replace(/\/c\.yaml|reviver constitution pin|lead|Reviver|[abc]{8}/g, '');

  test('another file', async () => {
    const { guard, world } = guarded();
    world.present = EVIL;
    const why = await guard.broken('scheduling');
    expect(why).toBe(
      'the constitution /c.yaml is not a pinned one (found: cccccccc, pinned: aaaaaaaa). Nothing begins until it is: put the pinned file back, or a lead runs reviver constitution pin',
    );
    expect(spoken(why ?? '')).not.toMatch(/[a-z]{3}/);
  });

  test('a file that cannot be read', async () => {
    const { guard, world } = guarded();
    world.present = undefined;
    const why = await guard.broken('scheduling');
    expect(why).toContain('cannot be read (pinned: aaaaaaaa)');
    expect(spoken(why ?? '')).not.toMatch(/[a-z]{3}/);
  });

  test('rules that this process began with, and that were retired', async () => {
    const { guard, world } = guarded();
    Object.assign(world, { present: NEW, pins: [{ sha256: NEW, hash: HASH }] });
    const why = await guard.broken('scheduling');
    expect(why).toContain('is not pinned any more (aaaaaaaa, pinned: bbbbbbbb). It begins nothing: restart it');
    expect(spoken(why ?? '')).not.toMatch(/[a-z]{3}/);
  });

  test('a hash under which a plan was made, and of which none is pinned any more', async () => {
    const { guard } = guarded();
    expect(await guard.retired(HASH)).toBeUndefined();
    const why = await guard.retired('0000000000000000');
    expect(why).toContain('is not pinned any more. Ask for the recovery again');
    expect(spoken(why ?? '')).not.toMatch(/[a-z]{3}/);
  });
});

test('a change of policy is refused with a RecoveryConstitutionalError that says that nothing was changed', async () => {
  const { guard, world } = guarded();
  await guard.require('policy_change');
  world.present = EVIL;
  const refused = guard.require('policy_change');
  await expect(refused).rejects.toThrow(RecoveryConstitutionalError);
  await expect(refused).rejects.toThrow(/^The constitution .* Nothing was changed\.$/);
});

describe('is told', () => {
  test('once, however often it is asked, and again the next day or when the file is another one', async () => {
    const { guard, world, keys } = guarded();
    world.present = EVIL;
    for (let n = 0; n < 100; n += 1) await guard.broken('scheduling');
    expect(keys()).toEqual([`constitution:${EVIL}:2026-11-23`]);
    world.present = NEW;
    await guard.broken('scheduling');
    world.ms = 24 * 3_600_000;
    world.present = EVIL;
    await guard.broken('scheduling');
    expect(keys().slice(1)).toEqual([`constitution:${NEW}:2026-11-23`, `constitution:${EVIL}:2026-11-24`]);
  });

  test('for each recovery that it holds up, without a page of its own: the recovery pages', async () => {
    const { guard, world, told, keys } = guarded();
    world.present = EVIL;
    await guard.broken('step', 'R-1');
    await guard.broken('step', 'R-1');
    await guard.broken('step', 'R-2');
    expect(told.map(([[event]]) => event?.data.recovery)).toEqual(['R-1', 'R-2']);
    expect(keys()).toEqual([]);
  });
});

test('the pins are read at most once a second', async () => {
  const { guard, world } = guarded();
  for (let n = 0; n < 1_000; n += 1) await guard.broken('step');
  expect(world.asked).toBe(1);
  world.ms = 1_000;
  await guard.broken('step');
  expect(world.asked).toBe(2);
});
