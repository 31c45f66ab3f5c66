import { beforeEach, describe, expect, test } from '@jest/globals';
import { runCommand } from '../../../../src/bot/commands/run-command.js';
import type { Language } from '../../../../src/bot/port.js';
import type { BreakerView } from '../../../../src/engine/breakers/view.js';
import type { Role } from '../../../../src/engine/model/person.js';
import { aBreaker } from '../../../support/builders.js';
import { commandContext } from '../../../support/command-context.js';
import { createFakeEngine, type FakeEngine } from '../../../support/fake-engine.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const from = (ms: number) => new Date(+NOW + ms);
const OPEN: Partial<BreakerView> = {
  state: 'open',
  since: from(-40_000),
  openings: 1,
  by: 'reviver',
  failuresInARow: 5,
  trialAt: from(20_000),
  reason: '5 failures in a row, the last: connection refused',
};

let engine: FakeEngine;
beforeEach(() => {
  engine = createFakeEngine();
});

async function asked(text: string, language: Language = 'en', role: Role = 'responder') {
  const { card } = await runCommand(text, commandContext(engine, { roles: [role], language, now: NOW }));
  const buttons = card?.buttons.map(({ label, command }) => `[${label}] ${command}`) ?? [];
  return [card?.title, ...(card?.lines ?? []), ...(card?.footer ?? []), ...buttons];
}

const has = (views: BreakerView[]) => {
  engine.breakers = async () => views;
};

describe('breaker', () => {
  const all = [
    aBreaker('shop-web', { calls: 120, errorRate: 2.5 }),
    aBreaker('redis', OPEN),
    aBreaker('billing-db', { ...OPEN, by: 'R-12/3', reason: 'by a step of a recovery', trialAt: null }),
    aBreaker('old', { enabled: false }),
  ];

  test('lists those that refuse calls first', async () => {
    has(all);
    expect(await asked('breaker')).toEqual([
      '2 of 3 circuit breakers are not closed',
      'redis: open for 40 s · 5 failures in a row, the last: connection refused · one call is let through in 20 s',
      'billing-db: open for 40 s · by a step of a recovery · by R-12 · calls are refused until it is reset',
      'shop-web: closed · 120 calls counted in the last minute, 3 % failed',
      '`/recover breaker redis reset` lets its calls through again.',
      '[Recover redis] redis',
      '[Recover billing-db] billing-db',
    ]);
    expect(await asked('breaker', 'ru')).toEqual([
      'Не замкнуто: 2 из 3 предохранителей',
      'redis: разомкнут 40 с · 5 сбоев подряд, последний: соединение отклонено · пробный вызов через 20 с',
      'billing-db: разомкнут 40 с · шагом восстановления · разомкнул: R-12 · вызовы отклоняются, пока его не сбросят',
      'shop-web: замкнут · за минуту учтено: 120 вызовов, из них неудачных 3 %',
      '`/recover breaker redis reset` снова пропускает вызовы.',
      '[Recover redis] redis',
      '[Recover billing-db] billing-db',
    ]);
  });

  test('says when all is well, and when there is none', async () => {
    has([aBreaker('redis')]);
    expect(await asked('breaker')).toEqual(['The one circuit breaker is closed', 'redis: closed']);
    has([aBreaker('redis', { enabled: false })]);
    expect(await asked('breaker')).toEqual([
      'No service has a circuit breaker. `circuit_breaker_enabled: true` in the configuration gives it one.',
    ]);
  });

  test('shows one, and how its service is', async () => {
    has([aBreaker('redis', { ...OPEN, state: 'half_open', trialAt: null })]);
    expect(await asked('breaker redis')).toEqual([
      'redis: half-open for 40 s · 5 failures in a row, the last: connection refused · one call is on its way to see',
      '`/recover breaker redis reset` lets its calls through again.',
      '[Recover redis] redis',
    ]);
    has([aBreaker('redis', { enabled: false })]);
    await expect(asked('breaker redis')).rejects.toThrow(
      /^redis has no circuit breaker, so its calls are never refused/,
    );
  });

  test('opens one for a time, with a reason, and closes it', async () => {
    expect((await asked('breaker redis open --for 10m --reason "cache is moved"'))[0]).toMatch(
      /^redis: open .* · cache is moved · by Ann · one call is let through in /,
    );
    await asked('breaker redis reset');
    expect(engine.calls).toEqual([
      'open breaker redis {"forMs":600000,"reason":"cache is moved"} by Ann',
      'reset breaker redis by Ann',
    ]);
  });

  test.each([
    [
      'breaker redis close',
      '"close" is nothing that can be done with a circuit breaker. Say open or reset; nothing changed.',
    ],
    ['breaker redis reset --for 10m', '--for goes with open only. Nothing changed.'],
    [
      'breaker redis open --for soon',
      'for: "soon" is not allowed; expected a duration such as 500ms, 30s, 15m, 1h or 3d.',
    ],
    ['breaker rediss', 'No service, runbook or command "rediss". Did you mean redis?'],
  ])('%s: says what is wrong', async (text, message) => {
    await expect(asked(text)).rejects.toThrow(message);
    expect(engine.calls).toEqual([]);
  });

  test('is not opened by somebody who may only look', async () => {
    await expect(asked('breaker redis open', 'en', 'viewer')).rejects.toThrow(/needs the role responder/);
  });
});

test('status and list say whose calls are refused', async () => {
  const { status } = engine;
  const service = { service: 'redis', status: 'healthy' as const, since: from(-60_000), detail: 'PING answers' };
  engine.status = async () => ({
    ...(await status()),
    services: { redis: { ...service, consecutiveFailures: 0, recovery: 'IDLE', recoveryId: null } },
    breakers: { redis: aBreaker('redis', OPEN) },
  });
  const line = 'redis: healthy for 1 min · PING answers · calls are refused (circuit breaker)';
  expect(await asked('status')).toContain(line);
  expect(await asked('status', 'ru')).toContain(
    'redis: исправен 1 мин · PING отвечает · вызовы отклоняются (предохранитель)',
  );
});
