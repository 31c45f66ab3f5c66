import { beforeEach, describe, expect, test } from '@jest/globals';
import { runCommand } from '../../../../src/bot/commands/run-command.js';
import type { Language } from '../../../../src/bot/port.js';
import { retold, wordsOf } from '../../../../src/bot/words/languages.js';
import type { Status } from '../../../../src/engine/engine.js';
import type { Role } from '../../../../src/engine/model/person.js';
import { commandContext } from '../../../support/command-context.js';
import { createFakeEngine, type FakeEngine } from '../../../support/fake-engine.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const from = (ms: number) => new Date(+NOW + ms);
const HOUR = 3_600_000;

let engine: FakeEngine;
beforeEach(() => {
  engine = createFakeEngine();
});

async function asked(text: string, language: Language = 'en', role: Role = 'responder') {
  const { card } = await runCommand(text, commandContext(engine, { roles: [role], language, now: NOW }));
  return [card?.title, ...(card?.lines ?? [])];
}

describe('maintenance', () => {
  test('begins for a time, with a reason in as many words as it takes', async () => {
    expect(await asked('maintenance redis 2h new disks are put in')).toEqual([
      'redis is in maintenance for 2 h.',
      'It is checked on; no incident opens, and nobody is paged. It ends by itself; `/recover maintenance redis end` ends it now.',
    ]);
    expect(engine.calls).toEqual(['maintenance redis 7200000 new disks are put in by Ann']);
  });

  test('is listed with what is left, who began it and why', async () => {
    engine.maintenance = async () => [
      { service: 'redis', since: NOW, until: from(2 * HOUR), reason: 'new disks', by: 'Ann' },
      { service: 'billing-db', since: NOW, until: from(HOUR), reason: 'weekly', by: 'configuration' },
    ];
    expect(await asked('maintenance')).toEqual([
      '2 services are in maintenance',
      'redis: 2 h more, by Ann: new disks',
      'billing-db: 1 h more, planned in the configuration: weekly',
    ]);
    expect(await asked('maintenance', 'ru')).toEqual([
      'На обслуживании: 2 сервиса',
      'redis: ещё 2 ч, Ann: new disks',
      'billing-db: ещё 1 ч, по плану из конфигурации: weekly',
    ]);
  });

  test('ends, and one that never was is said so', async () => {
    await asked('maintenance redis 1h');
    expect(await asked('maintenance redis end')).toEqual(['The maintenance of redis is over: its checks count again.']);
    expect(await asked('maintenance redis end')).toEqual(['redis is not in maintenance. Nothing changed.']);
  });

  test('without a time is asked back, and changes nothing', async () => {
    await expect(asked('maintenance redis please')).rejects.toThrow(
      'For how long? Such as `/recover maintenance redis 2h "new disks"`',
    );
    expect(engine.calls).toEqual([]);
  });

  test('is refused to who only looks', async () => {
    await expect(asked('maintenance redis 2h', 'en', 'viewer')).rejects.toThrow('responder');
  });
});

describe('the line of a service', () => {
  const service: Status['services'][string] = {
    service: 'redis',
    status: 'unhealthy',
    since: from(-60_000),
    detail: 'connection refused',
    consecutiveFailures: 3,
    recovery: 'IDLE',
    recoveryId: null,
  };
  const shown = async (over: Partial<typeof service>, language: Language = 'en') => {
    const status = await createFakeEngine().status();
    engine.status = async () => ({ ...status, services: { redis: { ...service, ...over } } });
    return asked('status redis', language);
  };

  test('names its cause, its flapping and its maintenance', async () => {
    const until = from(HOUR);
    expect(await shown({ causedBy: 'disk', flapping: true })).toEqual([
      'redis: unhealthy for 1 min · connection refused · flapping · because of disk · no recovery under way',
    ]);
    expect(await shown({ maintenance: { service: 'redis', since: NOW, until, reason: '', by: 'Ann' } }, 'ru')).toEqual([
      'redis: неисправен 1 мин · соединение отклонено · на обслуживании ещё 1 ч · сейчас не восстанавливается',
    ]);
  });

  test('has its availability, and what is left of the error budget', async () => {
    const availability = {
      percent: 99.9996,
      target: 99.95,
      downMs: 0,
      unknownMs: 2 * HOUR,
      maintenanceMs: 0,
      budget: { allowedMs: 1_296_000, left: 0.5 },
    };
    expect((await shown({ availability }))[1]).toBe(
      'Available 99.999 % of the last 30 days; the target is 99.95 % · 11 min of the error budget left · not known for 2 h',
    );
    expect((await shown({ availability: { ...availability, budget: { allowedMs: 60_000, left: -2 } } }, 'ru'))[1]).toBe(
      'Доступность за 30 дней: 99,999 %, цель 99,95 % · бюджет ошибок превышен на 2 мин · неизвестно 2 ч',
    );
  });
});

test('what the monitor writes is retold in Russian', () => {
  const say = (text: string) => retold(wordsOf('ru'), text);
  expect(say('redis is flapping')).toBe('redis то падает, то встаёт');
  expect(say('connection refused (3 of 3 checks); down with it: api, web, 3 more')).toBe(
    'соединение отклонено (3 из 3 проверок); вместе с ним недоступны: api, web, ещё 3',
  );
  expect(
    say('it fell ill 3 times, the last: connection refused. It is told of once, until it is steady for 5 min'),
  ).toBe('3 падения, последнее: соединение отклонено. Сообщается один раз, пока не будет стабилен 5 мин');
});
