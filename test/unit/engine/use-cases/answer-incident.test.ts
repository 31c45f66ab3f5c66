import { describe, expect, test } from '@jest/globals';
import type { Stage } from '../../../../src/engine/auto-recover/stage.js';
import type { AutoAnswer, Engine, Incident, Maintenance } from '../../../../src/engine/engine.js';
import { UserError } from '../../../../src/engine/model/errors.js';
import type { Service } from '../../../../src/engine/model/service.js';
import { answerIncident } from '../../../../src/engine/use-cases/answer-incident.js';
import { AUTO } from '../../../../src/engine/use-cases/may-start.js';
import { aPlan, aService, aSnapshot, breakerSettings } from '../../../support/builders.js';
import { anIncident, NOW, world } from './memory-ports.js';

const ALERT = { source: 'alertmanager', name: 'RedisDown', says: '' };

const WORK: Maintenance = { service: 'redis', since: NOW, until: NOW, reason: 'move', by: 'Ann' };

interface Scene {
  maintenance?: Maintenance[];
  incident?: Partial<Incident>;
  service?: Partial<Service>;
  stage?: Stage;
  lately?: number;
  recover?: Engine['recover'];
}

const never = (): never => {
  throw new Error('this test needs no such thing');
};

function scene({
  incident = {},
  service = { autoRecover: 'risk < 0.3' },
  stage,
  lately = 0,
  recover,
  maintenance = [],
}: Scene) {
  const answers: AutoAnswer[] = [];
  const asked: unknown[] = [];
  const { ports } = world([], {
    services: () => [aService('redis', service)],
    incidents: { get: async () => anIncident({ alert: ALERT, ...incident }) },
    maintenance: { active: async () => maintenance, begin: never, end: never },
    autoRecover: {
      stage: async () => stage,
      endings: async () => [],
      startedLately: async () => lately,
      save: async () => {},
    },
  });
  const engine: Pick<Engine, 'plan' | 'recover'> = {
    plan: async () => ({ plan: aPlan({ name: 'restart', risk: 0.2 }), previews: [] }),
    recover: async (...args) => {
      asked.push(args);
      return recover ? recover(...args) : { snapshot: aSnapshot(), created: true };
    },
  };
  const alerts = { answered: async (_: number, answer: AutoAnswer) => void answers.push(answer) };
  return { ports: { ...ports, alerts, engine }, answers, asked };
}

describe('an incident opens', () => {
  test('and where auto_recover holds a recovery is asked for, once, and its post says so', async () => {
    const { ports, answers, asked } = scene({});
    await answerIncident(3, ports);
    expect(answers).toEqual([
      { start: true, shadow: false, plan: 'restart', because: 'auto_recover allows it: risk < 0.3' },
    ]);
    expect(asked).toEqual([
      [
        { service: 'redis', reason: 'auto_recover: RedisDown' },
        AUTO,
        { platform: 'auto_recover', request: 'incident.opened:3' },
      ],
    ]);
  });

  test('said again after a crash, it asks under the same name and decides nothing anew', async () => {
    const auto = { start: true, shadow: false, plan: 'restart', because: '' };
    const { ports, answers, asked } = scene({ incident: { auto }, lately: 99 });
    await answerIncident(3, ports);
    expect([answers, asked.length]).toEqual([[], 1]);
  });

  test('in shadow mode it says what it would have done', async () => {
    const autoRecoverRules = { limitPerHour: 3, shadow: true, promoteAfter: 5 };
    const { ports, answers, asked } = scene({ service: { autoRecover: 'true', autoRecoverRules } });
    await answerIncident(3, ports);
    expect(asked).toEqual([]);
    expect(answers).toEqual([
      {
        start: false,
        shadow: true,
        plan: 'restart',
        because: 'in shadow mode, as configured: 0 of 5 verified runs',
      },
    ]);
  });

  test('after a failure it is in shadow mode, whatever the configuration says', async () => {
    const { ports, answers, asked } = scene({ stage: { stage: 'shadow', verified: 1, seen: 9, why: 'R-9 failed' } });
    await answerIncident(3, ports);
    expect([asked, answers]).toMatchObject([[], [{ shadow: true, because: expect.stringContaining('R-9 failed') }]]);
  });

  test.each<[string, Scene, string]>([
    ['within its limit an hour', { lately: 3 }, '3 recoveries by itself within an hour are enough'],
    [
      'where its condition does not hold',
      { service: { autoRecover: 'risk < 0.1' } },
      'auto_recover does not allow it: risk < 0.1',
    ],
    ['while somebody works on it', { maintenance: [WORK] }, 'Ann works on it'],
    ['while it is silenced', { incident: { silence: { until: NOW, by: 'Ann' } } }, 'Ann has silenced it'],
    [
      'when somebody looks after it',
      { incident: { state: 'acknowledged', acknowledgedBy: 'Lee' } },
      'Lee looks after it',
    ],
  ])('starts nothing %s', async (_, given, because) => {
    const { ports, answers, asked } = scene(given);
    await answerIncident(3, ports);
    expect([asked, answers]).toMatchObject([[], [{ start: false, because }]]);
  });

  test.each<[string, Scene]>([
    ['without auto_recover', { service: {} }],
    ['of no known service', { incident: { service: null } }],
    ['that is over already', { incident: { state: 'resolved' } }],
    [
      'of its own checks where a breaker counts them',
      {
        incident: { alert: undefined, found: 'refused', fingerprint: 'health:redis' },
        service: { autoRecover: 'true', breaker: breakerSettings() },
      },
    ],
  ])('%s decides nothing', async (_, given) => {
    const { ports, answers, asked } = scene(given);
    await answerIncident(3, ports);
    expect([answers, asked]).toEqual([[], []]);
  });

  test('what is refused is told on its post; a recovery that runs is answer enough', async () => {
    const refused = (error: UserError) => scene({ recover: () => Promise.reject(error) });
    const forbidden = refused(new UserError('constitution', 'redis is protected.'));
    await answerIncident(3, forbidden.ports);
    expect(forbidden.answers.at(-1)).toMatchObject({ start: false, because: 'redis is protected.' });
    const running = refused(new UserError('conflict', 'R-1 runs.'));
    await answerIncident(3, running.ports);
    expect(running.answers).toHaveLength(1);
    await expect(answerIncident(3, refused(new UserError('unavailable', 'away')).ports)).rejects.toThrow('away');
  });
});
