import { expect, test } from '@jest/globals';
import type { BreakerView } from '../../../../src/engine/breakers/view.js';
import { withoutRules } from '../../../../src/engine/constitution/constitution.js';
import { constitutional } from '../../../../src/engine/constitution/constitutional.js';
import { openBreaker, resetBreaker } from '../../../../src/engine/use-cases/breakers.js';
import { beginMaintenance, endMaintenance } from '../../../../src/engine/use-cases/maintenance.js';
import { aService } from '../../../support/builders.js';
import { NOW, who, world } from './memory-ports.js';

const ANN = who('Ann', 'responder');
const RULES = withoutRules('cdd01ef066bc6cf2');
const BROKEN = {
  broken: async () => 'the constitution is gone',
  retired: async () => undefined,
  require: async () => {
    throw constitutional('the constitution is gone');
  },
};

function byHand(over: Partial<typeof RULES> = {}, guard = world().ports.guard) {
  const done: string[] = [];
  const view = { service: 'redis' } as BreakerView;
  const act = (what: string) => async (service: string) => {
    done.push(`${what} ${service}`);
    return view;
  };
  const breakers = { open: act('open'), reset: act('reset'), views: async () => [] };
  return { done, ports: { breakers, constitution: { ...RULES, ...over }, guard } };
}

test('by hand a breaker is opened and reset', async () => {
  const { done, ports } = byHand();
  await openBreaker('redis', {}, ANN, ports);
  await resetBreaker('redis', ANN, ports);
  expect(done).toEqual(['open redis', 'reset redis']);
});

test.each([
  [
    'of a protected service',
    byHand({ protectedServices: ['redis'] }),
    'The constitution protects redis: no step may touch it. Nothing was changed.',
  ],
  [
    'where the action is forbidden',
    byHand({ forbiddenActions: ['breaker_open', 'breaker_reset'] }),
    /forbids the action breaker_(open|reset)/,
  ],
  ['while the constitution does not hold', byHand({}, BROKEN), 'The constitution is gone. Nothing was changed.'],
])('no breaker is opened or reset by hand %s', async (_, { done, ports }, why) => {
  await expect(openBreaker('redis', {}, ANN, ports)).rejects.toThrow(why);
  await expect(resetBreaker('redis', ANN, ports)).rejects.toThrow(why);
  expect(done).toEqual([]);
});

test('while the constitution does not hold no maintenance begins, and each may end', async () => {
  const ended: string[] = [];
  const maintenance = {
    active: async () => [],
    begin: async () => {
      throw new Error('it must not begin');
    },
    end: async (service: string) => {
      ended.push(service);
      return undefined;
    },
  };
  const ports = {
    maintenance,
    plannedMaintenance: [],
    services: () => [aService('redis')],
    now: () => NOW,
    guard: BROKEN,
  };
  await expect(beginMaintenance('redis', { forMs: 3_600_000 }, ANN, ports)).rejects.toThrow(
    'The constitution is gone.',
  );
  await endMaintenance('redis', ANN, ports);
  expect(ended).toEqual(['redis']);
});
