import { describe, expect, test } from '@jest/globals';
import type { CommandContext } from '../../../../src/bot/commands/command.js';
import type { Surroundings } from '../../../../src/bot/commands/doctor.js';
import { runCommand } from '../../../../src/bot/commands/run-command.js';
import { COMMANDS } from '../../../../src/bot/commands/table.js';
import type { Language } from '../../../../src/bot/port.js';
import { wordsOf } from '../../../../src/bot/words/languages.js';
import type { Status } from '../../../../src/engine/engine.js';
import { createFakeEngine } from '../../../support/fake-engine.js';

const platform = (name: string, ok = true, detail = 'connected') => ({ name, healthy: () => ({ ok, detail }) });
const SURROUNDINGS: Surroundings = {
  platforms: [platform('console'), platform('slack')],
  incidents: { console: 'incidents', slack: undefined },
  groups: [{ platform: 'slack', group: 'S0SRE', roles: ['responder'] }],
};
const WORKER = {
  id: 'w1',
  host: 'h',
  pid: 1,
  startedAt: '1',
  pools: ['default'],
  version: '0',
  beatAt: new Date(),
  running: 0,
};

async function examined(
  status: Partial<Status> = {},
  surroundings: Partial<Surroundings> = {},
  over: Partial<CommandContext> = {},
  language: Language = 'en',
) {
  const engine = createFakeEngine();
  const before = await engine.status();
  engine.status = async () => ({ ...before, workers: [WORKER], ...status });
  const { card } = await runCommand('doctor', {
    engine,
    who: { name: 'Ann', roles: ['viewer'], human: true, via: 'console' },
    origin: { platform: 'console', channel: 'incidents' },
    commands: COMMANDS,
    words: wordsOf(language),
    surroundings: { ...SURROUNDINGS, ...surroundings },
    now: () => new Date(),
    ...over,
  });
  return { tone: card?.tone, title: card?.title, lines: card?.lines };
}

describe('doctor', () => {
  test('tells of chat, parts, this channel, and who may do what', async () => {
    expect(await examined()).toEqual({
      tone: 'good',
      title: 'All that Reviver sees from inside is well.',
      lines: [
        'console: ok, connected',
        'slack: ok, connected',
        'Redis ok, Postgres ok, 1 worker',
        'Incidents are posted in this channel.',
        'viewer: Vera',
        'responder: Ann, Lee, members of S0SRE',
        'approver: Ann, Lee',
        'lead: Lee',
        'This channel is served in English.',
      ],
    });
  });

  test('speaks Russian', async () => {
    expect(await examined({ redis: 'down' }, {}, {}, 'ru')).toEqual({
      tone: 'attention',
      title: 'Неисправностей: 1.',
      lines: [
        'console: в порядке, connected',
        'slack: в порядке, connected',
        'Redis недоступен, Postgres в порядке, 1 воркер',
        'Инциденты публикуются в этом канале.',
        'viewer: Vera',
        'responder: Ann, Lee, участники S0SRE',
        'approver: Ann, Lee',
        'lead: Lee',
        'Язык этого канала: русский.',
      ],
    });
  });

  test('counts what is not well', async () => {
    const deaf = [platform('slack', false, 'deaf since 12 s, token=abc')];
    const { tone, title, lines } = await examined({ workers: [] }, { platforms: deaf, incidents: {} });
    expect([tone, title]).toEqual(['attention', '3 things are not well.']);
    expect(lines?.slice(0, 3)).toEqual([
      'slack: not ok, deaf since 12 s, token=•••',
      'Redis ok, Postgres ok, 0 workers',
      'console has no channel for incidents: name one in the configuration (channels, incidents, console).',
    ]);
  });

  test('tells what someone must mend at a platform, in the language of the channel', async () => {
    const troubles = async (language: Language) => [language === 'ru' ? 'Нет в канале.' : 'Not in the channel.'];
    const platforms = [{ ...platform('slack'), troubles }];
    const { title, lines } = await examined({}, { platforms });
    expect([title, lines?.slice(0, 2)]).toEqual([
      'One thing is not well.',
      ['slack: ok, connected', 'slack: Not in the channel.'],
    ]);
    expect((await examined({}, { platforms }, {}, 'ru')).lines?.[1]).toBe('slack: Нет в канале.');
  });

  test('claims no number of workers while the database is away', async () => {
    const { lines } = await examined({ postgres: 'down', workers: [] });
    expect(lines).toContain('Redis ok, Postgres down, workers not known');
  });

  test('says where incidents are posted instead', async () => {
    const origin = { platform: 'console', channel: 'ops' };
    expect((await examined({}, {}, { origin })).lines).toContain('Incidents are posted in incidents, not here.');
  });

  test('asks the platform as it is, with its own state', async () => {
    class Slack {
      readonly name = 'slack';
      readonly #detail = 'connected since 4 min';
      healthy() {
        return { ok: true, detail: this.#detail };
      }
    }
    expect((await examined({}, { platforms: [new Slack()] })).lines?.[0]).toBe('slack: ok, connected since 4 min');
  });
});
