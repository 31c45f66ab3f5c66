import { describe, expect, test } from '@jest/globals';
import type { RecoverRequest } from '../../../../src/engine/engine.js';
import { retryPolicy } from '../../../../src/engine/model/retry-policy.js';
import { requestDigest } from '../../../../src/engine/planner/digest.js';
import { recover } from '../../../../src/engine/use-cases/recover.js';
import { aPlan, aPlannedStep, aService, aSnapshot } from '../../../support/builders.js';
import { ANN, anIncident, refusal, type World, who, world } from './memory-ports.js';

const ORIGIN = { platform: 'console', channel: 'incidents' };
const ask = ({ ports }: World, over: Partial<RecoverRequest> = {}, as = ANN) =>
  recover({ service: 'redis', ...over }, as, ORIGIN, ports);

describe('a request', () => {
  test('becomes a recovery that may be taken at once', async () => {
    const w = world();
    const { created, snapshot } = await ask(w, { reason: 'cache is gone' });
    expect(created).toBe(true);
    expect(snapshot.recovery).toMatchObject({ state: 'SCHEDULED', requestedBy: 'Ann', origin: ORIGIN });
    expect(w.drafts[0]).toMatchObject({
      priority: 3,
      wakeInMs: 0,
      approval: null,
      reason: 'cache is gone',
      timeoutMs: 300_000,
      retryOf: null,
    });
    expect(w.told).toEqual(['wake R-101', 'changed R-101']);
  });

  test('waits for an approval of exactly its plan where policy says so, and is not woken', async () => {
    const plan = aPlan({ policy: { need: 2, role: 'approver', including: 'lead', rule: 'true' } });
    const w = world([], { makePlan: async () => plan });
    await ask(w);
    expect(w.drafts[0]).toMatchObject({
      state: 'AWAITING_APPROVAL',
      wakeInMs: 900_000,
      approval: { step: null, digest: plan.digest, need: 2, role: 'approver', including: 'lead', expiresInMs: 900_000 },
    });
    expect(w.drafts[0]?.events.map(({ kind }) => kind)).toEqual(['recovery.created', 'approval.asked']);
    expect(w.told).toEqual(['changed R-101']);
  });

  test('waits for a person where the retry policy is manual', async () => {
    const services = [aService('redis', { retryPolicy: retryPolicy({ strategy: 'manual' }) })];
    const w = world([], { services: () => services });
    await ask(w);
    expect(w.drafts[0]).toMatchObject({ state: 'AWAITING_MANUAL', wakeInMs: null });
    expect(w.told).toEqual(['changed R-101']);
  });

  test('claims every service that its steps touch, dependencies first', async () => {
    const steps = [aPlannedStep('a', { services: ['web'] }), aPlannedStep('b', { services: ['redis'] })];
    const w = world([], { makePlan: async () => aPlan({ steps }) });
    await ask(w);
    expect(w.drafts[0]?.claims).toEqual(['redis', 'web']);
  });

  test('is planned with the open incident of its service', async () => {
    const planned: unknown[] = [];
    const makePlan = async (...given: unknown[]) => {
      planned.push(given[2]);
      return aPlan();
    };
    const { incidents } = world().ports;
    const w = world([], { makePlan, incidents: { ...incidents, openFor: async () => anIncident() } });
    await ask(w);
    expect(planned).toEqual([{ id: 3, title: 'RedisDown', severity: 0.9 }]);
    expect(w.drafts[0]?.incidentId).toBe(3);
  });

  test('is planned with the name and the words of the alert that opened its incident', async () => {
    const planned: unknown[] = [];
    const makePlan = async (...given: unknown[]) => {
      planned.push(given[2]);
      return aPlan();
    };
    const { incidents } = world().ports;
    const alert = { source: 'alertmanager', name: 'HostHighCpuLoad', says: 'load is 64' };
    const w = world([], { makePlan, incidents: { ...incidents, openFor: async () => ({ ...anIncident(), alert }) } });
    await ask(w);
    expect(planned).toEqual([expect.objectContaining({ alert: 'HostHighCpuLoad', detail: 'load is 64' })]);
  });
});

describe('while another one runs', () => {
  const running = (digest: string) => aSnapshot(undefined, { state: 'IN_PROGRESS', requestDigest: digest });
  const same = requestDigest({ service: 'redis' });

  test('the same request gives that one, whoever asks', async () => {
    const w = world([running(same)]);
    const { created, snapshot } = await ask(w, { reason: 'me too' }, who('Lee', 'responder'));
    expect({ created, id: snapshot.recovery.id }).toEqual({ created: false, id: 12 });
    expect(w.drafts).toEqual([]);
  });

  test('a different one is refused and names it, its place in the queue and the way out', async () => {
    const w = world([running('other')], {
      store: { queuePlaces: async (...ids: number[]) => new Map(ids.map((id) => [id, 2])) },
    });
    const error = await refusal(ask(w));
    expect(error).toMatchObject({
      code: 'conflict',
      facts: { recovery: 'R-12', state: 'IN_PROGRESS', queue_place: 2 },
    });
    expect(error.message).toBe(
      'redis is being recovered by R-12 (redis_outage, IN_PROGRESS, number 2 in the queue, asked by Ann). Wait for it, or cancel it first: cancel R-12.',
    );
  });

  test('also when it came in between planning and storing', async () => {
    const other = running(same);
    const w = world([], {
      store: { create: async () => ({ created: false, recovery: other.recovery }), load: async () => other },
    });
    expect(await ask(w)).toEqual({ created: false, snapshot: other });
  });
});

describe('refused is', () => {
  test('who is no responder', async () => {
    const w = world();
    expect(await refusal(ask(w, {}, who('Zoe', 'viewer', 'admin')))).toMatchObject({ code: 'forbidden' });
    expect(w.drafts).toEqual([]);
  });

  test('an unknown service, with what was probably meant', async () => {
    expect((await refusal(ask(world(), { service: 'rediss' }))).message).toBe(
      'No service "rediss". Did you mean redis?',
    );
  });

  test.each([0, 11, 1.5, Number.NaN])('the priority %p', async (priority) => {
    const w = world();
    expect((await refusal(ask(w, { priority }))).message).toMatch(
      /^priority: .* is not allowed; expected a whole number from 1 \(first\) to 10 \(last\)\.$/,
    );
    expect(w.drafts).toEqual([]);
  });
});
