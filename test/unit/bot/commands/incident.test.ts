import { describe, expect, test } from '@jest/globals';
import type { Answer, CommandContext } from '../../../../src/bot/commands/command.js';
import { Mistake } from '../../../../src/bot/commands/mistake.js';
import { runCommand } from '../../../../src/bot/commands/run-command.js';
import { COMMANDS } from '../../../../src/bot/commands/table.js';
import type { Card, Language } from '../../../../src/bot/port.js';
import { renderCard } from '../../../../src/bot/terminal/render-card.js';
import { wordsOf } from '../../../../src/bot/words/languages.js';
import type { AutoRecoverView } from '../../../../src/engine/auto-recover/view.js';
import type { Incident } from '../../../../src/engine/engine.js';
import { createFakeEngine, type FakeEngine } from '../../../support/fake-engine.js';
import { anIncident } from '../../engine/use-cases/memory-ports.js';
import { expectGolden } from '../golden.js';

const NOW = new Date();
const ALERT = { source: 'alertmanager', name: 'RedisDown', says: '' };

function engineWith(...incidents: Partial<Incident>[]): FakeEngine {
  const engine = createFakeEngine();
  for (const [index, over] of incidents.entries())
    engine.setIncident(anIncident({ id: index + 3, alert: ALERT, ...over }));
  return engine;
}

function run(text: string, engine: FakeEngine, language: Language = 'en'): Promise<Answer> {
  const origin = { platform: 'console', channel: 'incidents' };
  const who = { name: 'Ann', roles: engine.people()[0]?.roles ?? [], human: true, via: 'console' };
  const surroundings = { platforms: [], incidents: {}, groups: [] };
  const context: CommandContext = {
    engine,
    who,
    origin,
    commands: COMMANDS,
    words: wordsOf(language),
    surroundings,
    now: () => NOW,
  };
  return runCommand(text, context);
}

async function refused(text: string, engine: FakeEngine): Promise<Mistake> {
  const error = await run(text, engine).catch((reason: unknown) => reason);
  if (!(error instanceof Mistake)) throw new Error(`not refused: ${JSON.stringify(error)}`);
  return error;
}

const plain = { colour: false, width: 110 };
const golden = (name: string, language: Language, card: Card | undefined) =>
  expectGolden(`${name}.${language}`, card ? renderCard(card, plain) : 'no card');

describe('silence', () => {
  test('asks for how long, with the choices under buttons', async () => {
    const { card } = await run('silence I-3', engineWith({}));
    expect(card?.title).toBe('I-3 · RedisDown · redis: silence it for how long?');
    expect(card?.buttons.map(({ command }) => command)).toEqual(['silence I-3 1h', 'silence I-3 4h', 'silence I-3 1d']);
  });

  test.each(['silence I-3 1h', 'silence RedisDown 1h', 'silence redisdown 1h', 'silence redis 1h'])(
    '%s',
    async (text) => {
      const engine = engineWith({});
      const { card, incident } = await run(text, engine);
      expect([incident, engine.calls]).toEqual([3, ['silence I-3 for 3600000 by Ann']]);
      expect(card?.title).toBe(
        'I-3 · RedisDown · redis: silenced for 1 h. It ends by itself, or by `/recover unsilence`.',
      );
    },
  );

  test('ends by hand', async () => {
    const engine = engineWith({});
    await run('silence I-3 1h', engine);
    expect((await run('unsilence RedisDown', engine)).card?.title).toBe('I-3 · RedisDown · redis: heard again.');
  });

  test('of a name that nothing has leads to what is open; of one that several have asks which', async () => {
    const none = await refused('silence RediDown 1h', engineWith({}));
    expect(none.message).toBe('No open incident "RediDown". Open: I-3 · RedisDown · redis.');
    expect(none.wayOut).toEqual([{ label: 'Silence I-3', command: 'silence I-3' }]);
    const several = await refused('silence RedisDown 1h', engineWith({}, { service: 'web' }));
    expect(several.wayOut.map(({ command }) => command)).toEqual(['silence I-4', 'silence I-3']);
    expect((await refused('silence', engineWith({}))).wayOut).toHaveLength(1);
    expect((await refused('silence x', engineWith())).message).toBe('No open incident "x". None is open.');
  });

  test('for what is no duration says what is', async () => {
    expect((await refused('silence I-3 tomorrow', engineWith({}))).message).toContain('such as 1h or 4h');
  });
});

describe('Choose plan', () => {
  test.each(['en', 'ru'] as const)(
    'shows every plan with its evidence, each under a button, in %s',
    async (language) => {
      const { card } = await run('choose I-3', engineWith({}), language);
      golden('choose-plan', language, card);
      expect(card?.buttons[0]).toMatchObject({ command: 'redis --runbook redis_outage', style: 'primary' });
    },
  );

  test.each(['en', 'ru'] as const)(
    'of an alert about no known service asks which one it is, in %s',
    async (language) => {
      const { card } = await run('choose I-3', engineWith({ service: null, about: 'legacy' }), language);
      golden('choose-service', language, card);
    },
  );

  test('the answer to that is kept, and shows the plans', async () => {
    const engine = engineWith({ service: null, about: 'legacy' });
    const { card, incident } = await run('choose I-3 redis', engine);
    expect([incident, engine.calls[0]]).toEqual([3, 'assign I-3 to redis by Ann']);
    expect(card?.title).toContain('RedisDown · redis');
  });
});

describe('an alert by its name', () => {
  test('is acknowledged, and escalated', async () => {
    const engine = engineWith({});
    expect((await run('ack RedisDown', engine)).card?.title).toBe('I-3 · RedisDown · redis: Ann looks after it.');
    expect((await run('escalate I-3', engine)).card?.title).toBe('I-3 · RedisDown · redis: more people are called.');
    expect(engine.calls).toEqual(['escalate I-3 by Ann']);
  });

  test('its service means the recovery that is under way, where there is one', async () => {
    const engine = engineWith({});
    await run('redis', engine);
    await run('ack redis', engine);
    expect(engine.calls.at(-1)).toBe('ack R-1 by Ann');
  });
});

describe('policy', () => {
  const rules = { limitPerHour: 3, shadow: true, promoteAfter: 5 };
  const view = { service: 'redis', when: 'risk < 0.3', rules, lately: 1, seen: 9 };
  const VIEWS: AutoRecoverView[] = [
    { ...view, stage: 'shadow', verified: 2, why: 'as configured' },
    { ...view, service: 'shop-web', stage: 'shadow', verified: 0, why: 'R-9 failed' },
    { ...view, service: 'billing-db', stage: 'live', verified: 7, why: '5 verified runs' },
  ];

  test.each(['en', 'ru'] as const)('tells how far each service is trusted, in %s', async (language) => {
    const engine = createFakeEngine();
    engine.autoRecover = async () => VIEWS;
    golden('policy', language, (await run('policy', engine, language)).card);
    expect((await run('policy redis', engine)).card?.lines).toHaveLength(1);
  });

  test('without any rule says that nothing begins', async () => {
    expect((await run('policy', createFakeEngine())).card?.title).toContain('Nothing begins without a click');
  });
});
