import { describe, expect, test } from '@jest/globals';
import { retold, wordsOf } from '../../../../src/bot/words/languages.js';
import type { BreakerView } from '../../../../src/engine/breakers/view.js';
import type { Engine, Incident, ServiceHealth } from '../../../../src/engine/engine.js';
import { UserError } from '../../../../src/engine/model/errors.js';
import type { Service } from '../../../../src/engine/model/service.js';
import { answerClosing, answerOpening } from '../../../../src/engine/use-cases/answer-opening.js';
import { BREAKER, mayStart } from '../../../../src/engine/use-cases/may-start.js';
import { aBreaker, aPlan, aRecovery, aService, aSnapshot } from '../../../support/builders.js';
import { anIncident, NOW, world } from './memory-ports.js';

const OPEN = aBreaker('redis', { state: 'open', openings: 1, since: NOW, trialAt: new Date(NOW.getTime() + 60_000) });
const ILL: ServiceHealth = { service: 'redis', status: 'unhealthy', since: NOW, detail: '', consecutiveFailures: 3 };
const opening = {
  service: 'redis',
  reason: '5 failures in a row, the last: connection refused',
  key: 'breaker.opened:redis:7',
};

interface Scene {
  service?: Partial<Service>;
  view?: BreakerView;
  incident?: Incident;
  health?: ServiceHealth[];
  recovered?: number;
  recover?: Engine['recover'];
  risk?: number;
}

function scene({ service, view = OPEN, incident, health = [], recovered = 0, recover, risk = 0.2 }: Scene) {
  const reported: Record<string, unknown>[] = [];
  const resolved: unknown[] = [];
  const asked: unknown[] = [];
  const own = aRecovery({ requestedBy: 'breaker', createdAt: NOW, state: 'FAILED' });
  const { ports } = world(
    Array.from({ length: recovered }, () => aSnapshot([], own)),
    {
      services: () => [aService('redis', { criticality: 'high', ...service })],
      breakers: { open: never, reset: never, views: async () => [view] },
      incidents: {
        openFor: async () => incident,
        health: async () => health,
        report: async (found) => {
          reported.push({ ...found });
          return { incident: anIncident(), created: true };
        },
        resolve: async (which) => {
          resolved.push(which);
          return undefined;
        },
        get: never,
        acknowledge: never,
        saveHealth: never,
        forgetHealth: never,
      },
    },
  );
  const engine: Pick<Engine, 'plan' | 'recover'> = {
    plan: async () => ({ plan: aPlan({ risk }), previews: [] }),
    recover: async (...args) => {
      asked.push(args);
      return recover ? recover(...args) : { snapshot: aSnapshot(), created: true };
    },
  };
  return { ports: { ...ports, engine }, reported, resolved, asked };
}

const never = (): never => {
  throw new Error('this test needs no such thing');
};

describe('calls open a breaker', () => {
  test('and without auto_recover the channel is told, and that nothing begins by itself', async () => {
    const { ports, reported, asked } = scene({ health: [ILL] });
    await answerOpening(opening, ports);
    expect(reported).toEqual([
      {
        service: 'redis',
        fingerprint: 'health:redis',
        title: 'redis is down',
        detail:
          '5 failures in a row, the last: connection refused. Its circuit breaker is open: calls are refused for 1 min, then one is let through. No recovery begins by itself (auto_recover is not set).',
        severity: 0.8,
      },
    ]);
    expect(asked).toEqual([]);
    expect(retold(wordsOf('ru'), String(reported[0]?.detail))).toBe(
      '5 сбоев подряд, последний: соединение отклонено. Предохранитель разомкнут: вызовы отклоняются, через 1 мин будет пробный. Само восстановление не начнётся (auto_recover не задан).',
    );
  });

  test('while the health checks find nothing: that is an incident of its own', async () => {
    const { ports, reported } = scene({ health: [{ ...ILL, status: 'healthy', consecutiveFailures: 0 }] });
    await answerOpening(opening, ports);
    expect(reported).toMatchObject([{ fingerprint: 'breaker:redis', title: 'redis fails its calls' }]);
  });

  test('of a service whose incident is open: that one is told of it', async () => {
    const incident = anIncident({ fingerprint: 'health:redis', title: 'redis is down' });
    const { ports, reported } = scene({ incident });
    await answerOpening(opening, ports);
    expect(reported).toMatchObject([{ fingerprint: 'health:redis', title: 'redis is down' }]);
  });

  test('and where auto_recover holds a recovery is asked for, in the name of the breaker and once an opening', async () => {
    const { ports, reported, asked } = scene({ service: { autoRecover: 'risk < 0.3' } });
    await answerOpening(opening, ports);
    expect(asked).toEqual([
      [
        { service: 'redis', reason: `its circuit breaker opened: ${opening.reason}` },
        BREAKER,
        { platform: 'breaker', request: 'breaker.opened:redis:7' },
      ],
    ]);
    expect(reported[0]?.detail).toContain('A recovery is asked for (auto_recover allows it: risk < 0.3).');
  });

  test('a recovery that runs already is answer enough; what cannot be planned is told', async () => {
    const conflict = scene({
      service: { autoRecover: 'true' },
      recover: () => Promise.reject(new UserError('conflict', 'R-1 runs.')),
    });
    await answerOpening(opening, conflict.ports);
    expect(conflict.reported).toHaveLength(1);

    const forbidden = scene({
      service: { autoRecover: 'true' },
      recover: () => Promise.reject(new UserError('constitution', 'redis is protected.')),
    });
    await answerOpening(opening, forbidden.ports);
    expect(forbidden.reported.at(-1)?.detail).toContain('No recovery begins by itself (redis is protected.).');

    const away = scene({
      service: { autoRecover: 'true' },
      recover: () => Promise.reject(new UserError('unavailable', 'away')),
    });
    await expect(answerOpening(opening, away.ports)).rejects.toThrow('away');
  });

  test.each<[string, Scene]>([
    ['closed again', { view: aBreaker('redis') }],
    ['about to be tried, since a recovery helped', { view: { ...OPEN, recovered: true } }],
    ['of a service that is not configured any more', { service: { name: 'other' } }],
  ])('is history when it is %s', async (_, given) => {
    const { ports, reported } = scene({ service: { autoRecover: 'true' }, ...given });
    await answerOpening(opening, ports);
    expect(reported).toEqual([]);
  });
});

describe('a breaker that closes', () => {
  test('ends what it told of', async () => {
    const { ports, resolved } = scene({ view: aBreaker('redis') });
    await answerClosing('redis', ports);
    expect(resolved).toEqual([{ fingerprint: 'breaker:redis' }, { fingerprint: 'health:redis' }]);
  });

  test('by a reset, while the health checks fail, leaves their incident', async () => {
    const { ports, resolved } = scene({ view: aBreaker('redis'), health: [ILL] });
    await answerClosing('redis', ports);
    expect(resolved).toEqual([{ fingerprint: 'breaker:redis' }]);
  });

  test('and is open again by now ends nothing', async () => {
    const { ports, resolved } = scene({});
    await answerClosing('redis', ports);
    expect(resolved).toEqual([]);
  });
});

describe('auto_recover', () => {
  const plan = aPlan({ risk: 0.4 });
  const asked = (autoRecover: string | undefined, lately = 0) =>
    mayStart(aService('redis', { criticality: 'high', ...(autoRecover ? { autoRecover } : {}) }), plan, lately);

  test.each<[string | undefined, boolean, string]>([
    [undefined, false, 'auto_recover is not set'],
    ['risk < 0.3', false, 'auto_recover does not allow it: risk < 0.3'],
    ['risk < 0.5', true, 'auto_recover allows it: risk < 0.5'],
    [
      "service.criticality == 'high' && plan.kind == 'runbook'",
      true,
      "auto_recover allows it: service.criticality == 'high' && plan.kind == 'runbook'",
    ],
  ])('%s: %s', async (condition, start, because) => {
    expect(await asked(condition)).toEqual({ start, because });
  });

  test('starts no more than three within an hour', async () => {
    expect(await asked('true', 2)).toMatchObject({ start: true });
    expect(await asked('true', 3)).toEqual({
      start: false,
      because: '3 recoveries by itself within an hour are enough',
    });
    const { ports, asked: recoveries, reported } = scene({ service: { autoRecover: 'true' }, recovered: 3 });
    await answerOpening(opening, ports);
    expect(recoveries).toEqual([]);
    expect(reported[0]?.detail).toContain('3 recoveries by itself within an hour are enough');
  });

  test('that cannot be judged starts nothing, and says why', async () => {
    const { ports, reported, asked: recoveries } = scene({ service: { autoRecover: 'risk < danger' } });
    await answerOpening(opening, ports);
    expect(recoveries).toEqual([]);
    expect(reported[0]?.detail).toMatch(
      /No recovery begins by itself \(services\.redis\.auto_recover: "risk < danger" is not allowed/,
    );
  });
});
