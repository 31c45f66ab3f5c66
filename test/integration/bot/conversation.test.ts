import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { createAdmission } from '../../../src/bot/admission.js';
import type { ChatStore, Place } from '../../../src/bot/chat-store.js';
import { COMMANDS } from '../../../src/bot/commands/table.js';
import { createConversation } from '../../../src/bot/conversation.js';
import { createIntake, type IntakeOptions } from '../../../src/bot/intake.js';
import type { Card, ChatInput, Doubt, Language, Standing } from '../../../src/bot/port.js';
import { UserError } from '../../../src/engine/model/errors.js';
import { createChatStore } from '../../../src/store/chat-store.js';
import { eventually } from '../../support/eventually.js';
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.js';
import { withDatabase } from '../../support/index.js';

const database = withDatabase();
let pool: Pool;
let store: ChatStore;
let engine: FakeEngine;
let shown: { id: number; place: Place }[];
let logged: string[];
let language: Language = 'en';
let serial = 0;

beforeAll(() => {
  pool = new Pool({ connectionString: database.url });
  pool.on('error', () => {});
  store = createChatStore(pool);
});
afterAll(() => pool.end());
beforeEach(() => {
  engine = createFakeEngine();
  shown = [];
  logged = [];
  language = 'en';
});

function talk(
  over: Partial<ChatStore> = {},
  live: Partial<LiveParts> = {},
  standing?: () => Promise<Standing>,
  pace: Partial<Pick<IntakeOptions, 'pollMs' | 'leaseMs'>> = {},
) {
  const cards: Card[] = [];
  const log = (_level: string, message: string) => void logged.push(message);
  const kept = { ...store, ...over };
  const reply = async (_input: ChatInput, card: Card) => void cards.push(card);
  const platform = { reply, ...(standing ? { standing } : {}) };
  const platforms = new Map([
    ['console', platform],
    ['second', platform],
  ]);
  const groups = [{ platform: 'second', group: 'S1', roles: ['responder' as const] }];
  const admit = createAdmission({ engine, store: kept, platforms, groups, log });
  const handle = createConversation({
    engine,
    admit,
    platforms,
    live: {
      changed: () => {},
      incidentChanged: () => {},
      show: async (id: number, place: Place) => void shown.push({ id, place }),
      ...live,
    },
    commands: COMMANDS,
    surroundings: { platforms: [], incidents: {}, groups },
    language: () => language,
    log,
    now: () => new Date(),
  });
  const intake = createIntake({ store: kept, platforms: ['console', 'second'], handle, log, pollMs: 10, ...pace });
  return { cards, intake };
}

type LiveParts = Parameters<typeof createConversation>[0]['live'];

async function say(
  over: Partial<ChatInput> & { text: string },
  kept: Partial<ChatStore> = {},
  live: Partial<LiveParts> = {},
  standing?: () => Promise<Standing>,
): Promise<Card[]> {
  const { cards, intake } = talk({ knows: async () => true, ...kept }, live, standing);
  const input: ChatInput = {
    id: `t${++serial}`,
    origin: { platform: 'console', channel: 'ops' },
    user: 'ann',
    ...over,
  };
  await (await intake.accept(input)).handled;
  return cards;
}

describe('a conversation', () => {
  test('a command starts a recovery, and its card is shown where it was typed', async () => {
    expect(await say({ text: 'redis' })).toEqual([]);
    expect(shown).toMatchObject([{ id: 1, place: { platform: 'console', channel: 'ops' } }]);
  });

  test('the same input again does nothing, also in another process', async () => {
    await say({ id: 'same', text: 'redis' });
    expect(await say({ id: 'same', text: 'redis' })).toEqual([]);
    expect(engine.calls).toHaveLength(1);
  });

  test('fifty deliveries at once are one', async () => {
    await Promise.all(Array.from({ length: 50 }, () => say({ id: 'burst', text: 'redis' })));
    expect(engine.calls).toHaveLength(1);
  });

  test('a click and a typed command take one path', async () => {
    await say({ text: 'redis' });
    const clicked = { platform: 'console', channel: 'ops', message: '5' };
    const [mine] = await say({ text: 'approve R-1 7f3a91c2', clicked });
    expect(mine?.title).toBe('You asked for this plan, so someone else must approve it. Lee can.');
    const [theirs] = await say({ user: 'lee', text: 'approve R-1 7f3a91c2', clicked });
    expect(theirs?.title).toBe('Approved. R-1 goes on.');
    expect(engine.calls.slice(1)).toEqual(['approve R-1 by Ann via console', 'approve R-1 by Lee via console']);
  });

  test('one person is one principal on two platforms', async () => {
    await say({ text: 'redis' });
    const [card] = await say({ user: '101', origin: { platform: 'second', channel: 'C' }, text: 'approve R-1' });
    expect(card?.title).toMatch(/^You asked for this plan/);
  });

  test('a stranger is refused privately and recorded, without what they wrote', async () => {
    const [card] = await say({ user: 'mallory', text: 'redis token=hunter2' });
    expect(card?.title).toMatch(/does not know you here, so nothing was done/);
    expect(engine.calls).toEqual([]);
    expect(engine.refusals).toEqual([
      {
        what: 'chat.unknown_person',
        who: 'console:mallory',
        facts: {
          platform: 'console',
          channel: 'ops',
          clicked: false,
          command: 'redis',
          reason: expect.stringMatching(/^Reviver does not know you here/),
        },
      },
    ]);
  });

  test('where the configuration names nobody, nobody is let in', async () => {
    engine.people = () => [];
    for (const text of ['redis', 'approve R-1', 'status']) {
      const [card] = await say({ text });
      expect(card?.title).toMatch(/does not know you here/);
    }
    expect(engine.calls).toEqual([]);
  });

  test('an id of one platform means nobody on another', async () => {
    const [card] = await say({ user: '101', text: 'whoami' });
    expect(card?.title).toMatch(/does not know you/);
  });

  test('roles that the login lacks do not count', async () => {
    await say({ text: 'redis' });
    const [card] = await say({ user: 'lee', roles: ['viewer'], text: 'approve R-1' });
    expect(card?.title).toBe('Lee may not do this: it needs the role approver.');
  });

  test('a conflict leads to the recovery that is in the way', async () => {
    await say({ text: 'redis' });
    const [card] = await say({ text: 'redis --strategy restart' });
    expect(card?.title).toBe('R-1 is under way for redis. Wait for it, or cancel it.');
    expect(card?.buttons).toEqual([{ label: 'Details', command: 'status R-1' }]);
  });

  test('a defect of ours is told with an id that is in the log, and without its text', async () => {
    engine.status = async () => {
      throw new Error('password=hunter2');
    };
    const [card] = await say({ text: 'status' });
    expect(card?.title).toMatch(/^Something went wrong inside Reviver \(error [0-9a-f]{8} in its log\)/);
    expect(logged).toEqual(['chat:internal_error']);
  });

  test('commands are answered while the database is gone, and repeats are still known', async () => {
    const gone = async () => {
      throw new Error('gone');
    };
    const { cards, intake } = talk({ takeInput: gone, inputHandled: gone, knows: gone }, { show: gone });
    for (let n = 0; n < 2; n++) await (await intake.accept(inputOf('x', 'redis'))).handled;
    expect(engine.calls).toHaveLength(1);
    expect(cards).toEqual([]);
  });

  test('old inputs are forgotten', async () => {
    await say({ id: 'old', text: 'whoami' });
    await store.forget(0);
    expect(await store.takeInput(inputOf('old', 'whoami'), 1)).toBe(true);
  });
});

const inputOf = (id: string, text: string): ChatInput => ({
  id,
  origin: { platform: 'console', channel: 'ops' },
  user: 'ann',
  text,
});

test('a Cancel while the database is away is passed on without a look, and the answer is the truth in both languages', async () => {
  await say({ text: 'redis' });
  const because = { kind: 'cancel_kept', recovery: 'R-1' } as const;
  engine.view = () => Promise.reject(new UserError('unavailable', 'away', { part: 'postgres' }));
  engine.act = () => Promise.reject(new UserError('unavailable', 'The cancel of R-1 is kept.', {}, because));
  const clicked = { platform: 'console', channel: 'ops', message: '5' };
  const gone = {
    takeInput: () => Promise.reject(new Error('away')),
    inputHandled: () => Promise.reject(new Error('away')),
  };
  expect((await say({ text: 'cancel R-1', clicked }, gone))[0]?.title).toBe('The cancel of R-1 is kept.');
  language = 'ru';
  expect((await say({ text: 'cancel R-1', clicked }, gone))[0]?.title).toMatch(
    /^База данных .* отмена R-1 ещё не записана/,
  );
});

describe('intake', () => {
  test('what a process that ended has left is handled by another one, once', async () => {
    await store.takeInput(inputOf('left', 'redis'), 0);
    const two = [talk(), talk()];
    for (const { intake } of two) intake.start();
    await eventually(() => expect(engine.calls).toHaveLength(1));
    for (const { intake } of two) await intake.stop();
    expect(engine.calls).toHaveLength(1);
    expect(await store.claimInputs(['console'], 0, 10)).toEqual([]);
  });

  test('what is still in hand is not taken by others', async () => {
    await store.takeInput(inputOf('held', 'redis'), 60_000);
    expect(await store.claimInputs(['console'], 0, 10)).toEqual([]);
    await store.inputHandled(inputOf('held', 'redis'));
  });

  test('what is in hand for longer than its lease stays in hand, and is not asked for over and over', async () => {
    let finish = (): void => {};
    const slow = { show: () => new Promise<void>((resolve) => (finish = resolve)) };
    const two = [talk({}, slow, undefined, { leaseMs: 200 }), talk({}, slow, undefined, { leaseMs: 200 })];
    for (const { intake } of two) intake.start();
    const { handled } = (await two[0]?.intake.accept(inputOf('long', 'redis'))) ?? {};
    const passed =
      "SELECT now() > seen_at + interval '1 second' AS passed, lease_until > now() AS held FROM chat_inputs WHERE id = 'long'";
    await eventually(async () => expect((await pool.query(passed)).rows).toEqual([{ passed: true, held: true }]));
    finish();
    await handled;
    for (const { intake } of two) await intake.stop();
    expect(engine.calls).toHaveLength(1);
  });

  test('what is in hand and offered again is left alone until the next look', async () => {
    let looks = 0;
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const full = Array.from({ length: 20 }, (_, n) => ({ input: inputOf(`full${n}`, 'whoami'), ageMs: 0 }));
    const claimInputs = async () => {
      looks += 1;
      return full;
    };
    const knows = async () => {
      await finished;
      return true;
    };
    const clicked = { platform: 'console', channel: 'ops', message: '1' };
    for (const { input } of full) Object.assign(input, { clicked });
    const { intake } = talk({ claimInputs, knows }, {}, undefined, { pollMs: 60_000 });
    intake.start();
    await eventually(() => expect(looks).toBe(2));
    const stopped = intake.stop();
    finish();
    await stopped;
    expect(looks).toBe(2);
  });

  describe('what came while the database was away', () => {
    const away = async (): Promise<never> => {
      throw new Error('gone');
    };
    const outage = () => {
      let gone = true;
      const through =
        <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
        (...args: Args) =>
          gone ? away() : call(...args);
      const { takeInput, inputHandled, keepInputs, claimInputs } = store;
      const kept: Partial<ChatStore> = {
        takeInput: through(takeInput),
        inputHandled: through(inputHandled),
        keepInputs: through(keepInputs),
        claimInputs: through(claimInputs),
      };
      return {
        kept,
        end: () => {
          gone = false;
        },
      };
    };
    const known = async (id: string) =>
      (await pool.query('SELECT payload IS NOT NULL AS open FROM chat_inputs WHERE id = $1', [id])).rows;

    test('and is still in hand is stored when it is back', async () => {
      let finish = (): void => {};
      const { kept, end } = outage();
      const { intake } = talk(kept, { show: () => new Promise((resolve) => (finish = resolve)) });
      intake.start();
      const { handled } = await intake.accept(inputOf('meanwhile', 'redis'));
      await eventually(() => expect(engine.calls).toHaveLength(1));
      end();
      await eventually(async () => expect(await known('meanwhile')).toEqual([{ open: true }]));
      finish();
      await handled;
      expect(await known('meanwhile')).toEqual([{ open: false }]);
      await intake.stop();
    });

    test('and was handled is known when it is back, so that no other process does it again', async () => {
      const { kept, end } = outage();
      const { intake } = talk(kept);
      intake.start();
      await (await intake.accept(inputOf('handled', 'redis'))).handled;
      end();
      await eventually(async () => expect(await known('handled')).toEqual([{ open: false }]));
      await intake.stop();
      expect(await say({ id: 'handled', text: 'redis' })).toEqual([]);
      expect(engine.calls).toHaveLength(1);
    });

    test('is counted in the log where it stays away to the end', async () => {
      const { intake } = talk(outage().kept);
      await (await intake.accept(inputOf('lost', 'redis'))).handled;
      await intake.stop();
      expect(logged).toEqual(['chat:intake_in_memory', 'chat:input_not_closed', 'chat:inputs_not_closed']);
    });
  });

  test('what another process took and left is done by one that knew it as taken', async () => {
    await store.takeInput(inputOf('known', 'redis'), 100);
    const { intake } = talk();
    expect((await intake.accept(inputOf('known', 'redis'))).fresh).toBe(false);
    intake.start();
    await eventually(() => expect(engine.calls).toHaveLength(1));
    await intake.stop();
  });

  test('what was asked long ago, while Reviver was away, is not done but told', async () => {
    await store.takeInput(inputOf('stale', 'redis'), 0);
    await pool.query("UPDATE chat_inputs SET seen_at = now() - interval '2 hours' WHERE id = 'stale'");
    const { cards, intake } = talk();
    intake.start();
    await eventually(() =>
      expect(cards.map(({ title }) => title)).toEqual([
        'Reviver was away when you wrote "redis" 2 h ago. Nothing was done with it; write it again if it still holds.',
      ]),
    );
    await intake.stop();
    expect(engine.calls).toEqual([]);
  });

  test('the platform has its answer before anything is done', async () => {
    let finish = (): void => {};
    const { intake } = talk({}, { show: () => new Promise((resolve) => (finish = resolve)) });
    const { fresh } = await intake.accept(inputOf('quick', 'redis'));
    expect(fresh).toBe(true);
    await eventually(() => expect(engine.calls).toHaveLength(1));
    finish();
    await intake.stop();
  });

  test('a database that does not answer holds the platform up for 1.5 s at most', async () => {
    const { intake } = talk({ takeInput: () => new Promise(() => {}) });
    const begun = performance.now();
    await intake.accept(inputOf('slow', 'whoami'));
    expect(performance.now() - begun).toBeLessThan(2_500);
    await intake.stop();
  });
});

describe('in a Russian channel', () => {
  beforeEach(() => {
    language = 'ru';
  });

  test('answers and refusals are Russian; what the engine has no Russian for is left whole', async () => {
    await say({ text: 'redis' });
    expect((await say({ text: 'redis' }))[0]?.title).toMatch(/^R-1 уже делает то же для redis/);
    expect((await say({ text: 'rediss' }))[0]).toMatchObject({
      title: 'Нет ни сервиса, ни ранбука, ни команды «rediss». Возможно, вы имели в виду redis?',
      buttons: [{ label: 'Recover redis', command: 'redis' }],
    });
    // The stand-in for the engine gives no reason beside its sentence.
    expect((await say({ text: 'approve R-1' }))[0]?.title).toBe(
      'You asked for this plan, so someone else must approve it. Lee can.',
    );
  });

  test('whoever is not let in reads it in Russian, and the audit has it in English', async () => {
    const [card] = await say({ user: 'mallory', text: 'redis' });
    expect(card?.title).toMatch(/^Бот вас здесь не знает, поэтому ничего не сделано\./);
    expect(engine.refusals[0]?.facts.reason).toMatch(/^Reviver does not know you here/);
  });

  test('a defect of ours is told in Russian', async () => {
    engine.status = async () => {
      throw new Error('x');
    };
    expect((await say({ text: 'status' }))[0]?.title).toMatch(
      /^Внутренняя ошибка бота \(номер [0-9a-f]{8} в его журнале\)\. Проверьте состояние/,
    );
  });

  test('doctor tells of this channel', async () => {
    const [card] = await say({ text: 'doctor' });
    expect(card?.lines).toContain('Язык этого канала: русский.');
    expect(card?.lines).toContain(
      'У console нет канала для инцидентов: укажите его в конфигурации (`channels`, `incidents`, `console`).',
    );
  });
});

describe('who is let in', () => {
  const doubted = (doubt: Doubt) => async (): Promise<Standing> => ({ sound: false, doubt });

  test.each<[Doubt, RegExp]>([
    ['guest', /^Guests cannot start/],
    ['external', /^People from other organisations/],
    ['external_channel', /^This channel is shared/],
    ['anonymous', /^Telegram does not tell who you are/],
    ['bot', /^Bots cannot/],
    ['deactivated', /^This account is deactivated/],
    ['unreachable', /^It could not be checked who you are/],
  ])('%s: may change nothing, is told why, and is recorded', async (doubt, words) => {
    const [card] = await say({ text: 'redis' }, {}, {}, doubted(doubt));
    expect(card?.title).toMatch(words);
    expect(engine.calls).toEqual([]);
    expect(engine.refusals.map(({ what }) => what)).toEqual(['chat.not_vouched_for']);
  });

  test.each<Doubt>(['bot', 'external', 'anonymous', 'deactivated'])('%s: may not even look', async (doubt) => {
    const [card] = await say({ text: 'status' }, {}, {}, doubted(doubt));
    expect(card?.title).toContain('Nothing was done');
    expect(engine.refusals.map(({ what }) => what)).toEqual(['chat.not_vouched_for']);
  });

  test('while the platform fails to say who someone is, nothing is changed', async () => {
    const [card] = await say({ text: 'redis' }, {}, {}, () => Promise.reject(new Error('a defect')));
    expect(card?.title).toMatch(/^It could not be checked who you are/);
    expect(engine.calls).toEqual([]);
  });

  test('whoever cannot be checked may still look', async () => {
    const [card] = await say({ text: 'whoami' }, {}, {}, doubted('unreachable'));
    expect(card?.title).toBe('You are Ann, on console.');
  });

  test('a group of the platform gives its roles, under a name that nobody can choose', async () => {
    const member = async (): Promise<Standing> => ({ sound: true, groups: ['S1'] });
    const origin = { platform: 'second', channel: 'C' };
    const [card] = await say({ user: 'U7', origin, text: 'whoami' }, {}, {}, member);
    expect(card?.title).toBe('You are second:U7, on second.');
    expect(card?.lines).toEqual(['responder: you may start, cancel, retry and roll back recoveries']);
  });

  test('a decision on a card that is not one of ours is refused and recorded', async () => {
    await say({ text: 'redis' });
    const clicked = { platform: 'console', channel: 'ops', message: 'forged' };
    const [card] = await say({ user: 'lee', text: 'approve R-1', clicked }, { knows: async () => false });
    expect(card?.title).toMatch(/^That card is an old copy/);
    expect(engine.refusals.map(({ what, who }) => `${what} ${who}`)).toEqual(['chat.stale_click Lee']);
  });

  test('whoever floods is held back, but can always cancel', async () => {
    const { cards, intake } = talk();
    for (let n = 0; n < 31; n++) await (await intake.accept(inputOf(`flood${n}`, 'whoami'))).handled;
    expect(cards.at(-1)?.title).toMatch(/^You sent more than 30 commands within a minute/);
    await (await intake.accept(inputOf('stop', 'cancel R-9'))).handled;
    expect(cards.at(-1)?.title).not.toMatch(/more than 30/);
    for (let n = 0; n < 120; n++) await (await intake.accept(inputOf(`stop${n}`, 'cancel R-9'))).handled;
    expect(cards.at(-1)?.title).toMatch(/^You sent more than 120 commands within a minute/);
  });
});
