import { describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../../src/engine/actions/action.js';
import { refusal } from '../../../../src/engine/constitution/constitution.js';
import type { Approval, Decision } from '../../../../src/engine/model/approval.js';
import type { Person } from '../../../../src/engine/model/person.js';
import type { Plan, TargetState } from '../../../../src/engine/model/plan.js';
import type { Recovery, RecoveryStep } from '../../../../src/engine/model/recovery.js';
import { stepDigest } from '../../../../src/engine/planner/digest.js';
import { createGate, type GatePorts } from '../../../../src/engine/recovery/gate.js';
import { move } from '../../../../src/engine/recovery/move.js';
import type { Gate } from '../../../../src/engine/recovery/runner.js';
import { anApproval, aPlan, aSnapshot, aStep, at } from '../../../support/builders.js';

const redisIs = (status: string): TargetState => ({ service: 'redis', runtime: 'process', status, facts: {} });
const APPROVED = { need: 1, role: 'approver', rule: 'risk < 0.7' };

const begun = { state: 'succeeded' as const, attempts: 1, startedAt: at(0) };

interface Case {
  step?: Partial<RecoveryStep>;
  before?: RecoveryStep[];
  plan?: Partial<Plan>;
  recovery?: Partial<Recovery>;
  ports?: Partial<GatePorts>;
}

/** The gate before the last step of a running recovery; nothing has changed unless a test says so. */
function gateFor({ step = {}, before = [], plan = {}, recovery = {}, ports = {} }: Case) {
  const last = aStep(before.length, step);
  const running = {
    state: 'IN_PROGRESS' as const,
    owner: 'w1',
    attempts: 1,
    startedAt: at(0),
    activeSince: at(0),
    approvalId: 'question-1',
  };
  const snapshot = aSnapshot([...before, last], { ...running, plan: aPlan(plan), ...recovery });
  const gate = createGate({
    undoOf: () => undefined,
    observe: async (services) => services.map((service) => ({ ...redisIs('running'), service })),
    constitution: async () => undefined,
    approvalExpiresMs: 900_000,
    approval: async () => undefined,
    people: [],
    detail: async () => undefined,
    ...ports,
  });
  return { snapshot, last, gate: () => gate(snapshot, last) };
}
const judged = (given: Case) => gateFor(given).gate();
const changedTo = (status: string) => ({ observe: async () => [redisIs(status)] });

function turned(given: Case, gate: Gate) {
  if (gate.pass || !('turn' in gate)) throw new Error('the gate does not turn the recovery round');
  return gate.turn(move(gateFor(given).snapshot), at(5_000));
}

test('nothing in the way: the step begins', async () => {
  expect(await judged({ plan: { policy: APPROVED } })).toEqual({ pass: true });
});

describe('refused is', () => {
  const tampered = { recovery: { planDigest: '0'.repeat(64) } };

  test('a plan that is not the one that was decided on', async () => {
    expect(await judged(tampered)).toEqual({
      pass: false,
      refuse: { code: 'tampered', message: 'the stored plan is not the one that was decided on' },
    });
  });

  test('an undo step that is not what undoes its step', async () => {
    const undo = { before: [aStep(0, begun)], step: { kind: 'undo', undoes: 0 } as const };
    const { action, input } = gateFor(undo).last;
    const by = (command: string) => ({
      undoOf: () => ({ action, input: { ...input, command }, timeoutMs: 1, idempotent: true }),
    });
    const step = { ...undo.step, input: { ...input, command: 'right' } };
    expect(await judged({ ...undo, step, ports: by('right') })).toEqual({ pass: true });
    expect(await judged({ ...undo, step, ports: by('wrong') })).toMatchObject({ refuse: { code: 'tampered' } });
  });

  test.each<[string, Partial<Approval>]>([
    ['is about another plan', { digest: '0'.repeat(64) }],
    ['asks for fewer than the plan', { need: 0 }],
    ['is of another recovery', { recoveryId: 99 }],
    ['has the vote of whoever asked', { requestedBy: 'Lee' }],
  ])('an approval whose row %s', async (_, edit) => {
    const plan = { policy: APPROVED };
    const { recovery } = gateFor({ plan }).snapshot;
    const requestedBy = edit.requestedBy ?? recovery.requestedBy;
    const vote = {
      principal: 'Lee',
      roles: ['approver' as const],
      verdict: 'approve' as const,
      via: 'slack',
      at: at(0),
    };
    const answer = {
      state: 'consumed' as const,
      recoveryId: recovery.id,
      digest: recovery.planDigest,
      decisions: [vote],
    };
    const ports = { approval: async () => anApproval({ ...answer, ...edit }) };
    expect(await judged({ plan, recovery: { requestedBy }, ports })).toMatchObject({ refuse: { code: 'tampered' } });
  });

  test('a plan that people should have been asked about, and were not', async () => {
    expect(await judged({ plan: { policy: APPROVED }, recovery: { approvalId: null } })).toMatchObject({
      refuse: { code: 'unapproved' },
    });
  });

  test('an undo step that the constitution forbids, such as the inverse of an action that it allows', async () => {
    const ports = { constitution: async () => refusal('the constitution forbids the action stop_service') };
    expect(await judged({ step: { kind: 'undo', undoes: 0 }, ports })).toMatchObject({
      refuse: { code: 'constitution' },
    });
  });

  test('also its rollback, which may be what was tampered with', async () => {
    expect(await judged({ ...tampered, step: { kind: 'undo', undoes: 0 } })).toMatchObject({
      refuse: { code: 'tampered' },
    });
  });

  test('what the constitution forbids', async () => {
    const ports = { constitution: async () => refusal('redis is protected') };
    expect(await judged({ ports })).toEqual({
      pass: false,
      refuse: { code: 'constitution', message: 'redis is protected' },
    });
  });

  test('a condition that cannot be judged: neither skipping nor running it would be honest', async () => {
    expect(await judged({ step: { id: 'stop', when: 'incident.sevrity > 0.5' } })).toMatchObject({
      pass: false,
      refuse: {
        code: 'bad_condition',
        message: expect.stringMatching(/^stop\.when: "incident\.sevrity > 0\.5" .*No such key: sevrity/),
      },
    });
  });
});

describe('a condition', () => {
  test.each<[string, boolean]>([
    ['incident.severity >= 0.5', true],
    ['incident.severity < 0.5', false],
    ['params.backup == "redis_backup"', true],
    ['steps.s0.state == "succeeded" && steps.s0.result.keys > 1000', true],
    ['service.name != "redis"', false],
  ])('may ask for incident, parameters, service and what earlier steps gave: %s', async (when, holds) => {
    const gate = await judged({
      step: { when },
      before: [aStep(0, { ...begun, result: { keys: 1_204 } })],
      plan: { incident: { severity: 0.9 }, params: { backup: 'redis_backup' } },
    });
    expect(gate).toEqual(holds ? { pass: true } : { pass: false, skip: `not needed: ${when}` });
  });
});

describe('drift: a target that is not as it was shown', () => {
  const approved: Case = { plan: { policy: APPROVED }, ports: changedTo('stopped') };

  test('before anything ran ends the recovery, so that the same request is planned and asked anew', async () => {
    const made = turned(approved, await judged(approved));
    expect(made.after.recovery).toMatchObject({
      state: 'CANCELLED',
      outcome: {
        code: 'plan_changed',
        message: 'the plan changed: redis was running when the plan was shown, now it is stopped',
      },
    });
    expect(made.effects).toMatchObject([{ key: 'replan:12:1', kind: 'recovery.replan', payload: { recovery: 12 } }]);
  });

  test('ends it as well when its container says something else now, although it runs', async () => {
    const declared = (criticality: string): TargetState => ({
      ...redisIs('running'),
      facts: { declared: { container: 'redis', labels: { 'reviver.criticality': criticality } } },
    });
    const given: Case = {
      plan: { policy: APPROVED, targets: [declared('high')] },
      ports: { observe: async () => [declared('low')] },
    };
    const made = turned(given, await judged(given));
    expect(made.after.recovery.outcome).toMatchObject({
      code: 'plan_changed',
      message: expect.stringContaining('redis is declared otherwise than when the plan was shown: its label'),
    });
    expect(await judged({ ...given, ports: { observe: async () => [declared('high')] } })).toEqual({ pass: true });
  });

  test('in the middle is refused', async () => {
    const before = [aStep(0, { ...begun, services: ['web'] })];
    expect(await judged({ ...approved, before })).toMatchObject({ refuse: { code: 'target_changed' } });
  });

  test('is none of a target that cannot be told apart from before', async () => {
    expect(await judged({ ...approved, ports: { observe: async () => [] } })).toMatchObject({ pass: false });
  });

  test.each<[string, Case]>([
    ['nobody had to approve it', { ports: changedTo('stopped') }],
    ['the plan has touched the target itself', { ...approved, before: [aStep(0, begun)] }],
    ['an earlier attempt of the recovery may have', { ...approved, recovery: { attempts: 2 } }],
    ['the step touches another service', { ...approved, step: { services: ['web'] } }],
    ['a person had the step retried, which had begun', { ...approved, step: { attempts: 0, startedAt: at(0) } }],
  ])('does not matter when %s', async (_, given) => expect(await judged(given)).toEqual({ pass: true }));
});

describe('a step that always needs an approval', () => {
  const always: Case = {
    step: { approval: 'always', name: 'Switch traffic' },
    plan: { policy: { need: 0, rule: 'risk < 0.3' } },
  };

  test('asks for it, bound to this very step of this very plan', async () => {
    const { snapshot, last } = gateFor(always);
    const made = turned(always, await judged(always));
    expect(made.after.recovery).toMatchObject({ state: 'AWAITING_APPROVAL', owner: null, wakeAt: at(905_000) });
    expect(made.ask).toMatchObject({
      step: 0,
      digest: stepDigest(snapshot.recovery.planDigest, last),
      need: 1,
      role: 'approver',
      expiresInMs: 900_000,
    });
    expect(made.events.at(-1)).toMatchObject({
      kind: 'approval.asked',
      data: { step: 0, name: 'Switch traffic', need: 1 },
    });
  });

  test.each<[string, Partial<RecoveryStep>]>([
    ['once it is approved', { approvalId: 'q2' }],
    ['for another attempt of what was approved', { attempts: 1, startedAt: at(0) }],
  ])('begins %s', async (_, step) => {
    expect(await judged({ ...always, step: { ...always.step, ...step } })).toEqual({ pass: true });
  });

  test("asks for as many as the plan's policy does", async () => {
    const given = { ...always, plan: { policy: { need: 2, role: 'approver', including: 'lead', rule: 'true' } } };
    expect(turned(given, await judged(given)).ask).toMatchObject({ need: 2, role: 'approver', including: 'lead' });
  });
});

describe('a step whose action knows more right before it begins', () => {
  const facts = { saved_plan: 'abc', serial: 3 };
  const knowing = (now: object = facts): Partial<GatePorts> => ({
    detail: async () => ({ lines: ['1 to add'], facts: { ...now } }),
  });
  const always: Case = { step: { approval: 'always' }, plan: { policy: { need: 0, rule: 'risk < 0.3' } } };
  const approved = (now?: object): Case => {
    const { snapshot, last } = gateFor(always);
    const digest = stepDigest(snapshot.recovery.planDigest, last, facts);
    const detail = { lines: ['1 to add'], facts };
    const decisions = [
      { principal: 'Lee', roles: ['approver' as const], verdict: 'approve' as const, via: 'api', at: at(0) },
    ];
    const approval = async () => anApproval({ id: 'q2', step: 0, digest, detail, state: 'approved', decisions });
    return { ...always, step: { ...always.step, approvalId: 'q2' }, ports: { ...knowing(now), approval } };
  };

  test('is asked for with that, and the digest is about it', async () => {
    const given = { ...always, ports: knowing() };
    const { snapshot, last } = gateFor(given);
    const { ask } = turned(given, await judged(given));
    expect(ask).toMatchObject({ detail: { lines: ['1 to add'], facts } });
    expect(ask?.digest).toBe(stepDigest(snapshot.recovery.planDigest, last, facts));
    expect(ask?.digest).not.toBe(stepDigest(snapshot.recovery.planDigest, last));
  });

  test('begins when all of it is still so', async () => {
    expect(await judged(approved())).toEqual({ pass: true, facts });
  });

  test('is refused when one fact is another one, which is named', async () => {
    expect(await judged(approved({ ...facts, saved_plan: 'def' }))).toEqual({
      pass: false,
      refuse: {
        code: 'detail_changed',
        message:
          'what it would do is not what was approved: saved_plan changed since. Nothing was changed; retry the recovery, and it is asked anew',
      },
    });
  });

  test('is refused, and nobody is asked, when its action says that it cannot be done', async () => {
    const detail = async () => {
      throw new ActionError('The plan is stale. Plan again.', { code: 'plan_stale' });
    };
    expect(await judged({ ...always, ports: { detail } })).toMatchObject({
      refuse: { code: 'plan_stale', message: 'The plan is stale. Plan again.' },
    });
  });
});

describe('who approved and has lost the role since', () => {
  const lee = (roles: Person['roles']): Person[] => [{ name: 'Lee', roles, ids: {} }];
  const plan = { policy: APPROVED };
  const { recovery } = gateFor({ plan }).snapshot;
  const approval =
    (over: Partial<Decision> = {}) =>
    async () =>
      anApproval({
        state: 'consumed',
        recoveryId: recovery.id,
        digest: recovery.planDigest,
        decisions: [{ principal: 'Lee', roles: ['approver'], verdict: 'approve', via: 'slack', at: at(0), ...over }],
      });

  test('has not approved: before anything ran it is asked anew', async () => {
    const gate = await judged({ plan, ports: { approval: approval(), people: lee(['responder']) } });
    expect(turned({ plan }, gate).after.recovery).toMatchObject({
      state: 'CANCELLED',
      outcome: { code: 'plan_changed' },
    });
  });

  test('stops a step that waited for this very approval', async () => {
    const given = { plan, before: [aStep(0, begun)], step: { approvalId: 'question-2' } };
    expect(await judged({ ...given, ports: { approval: approval(), people: lee([]) } })).toMatchObject({
      refuse: { code: 'unapproved', message: 'Lee may not approve it any more' },
    });
  });

  test('still counts while the role is held, by the configuration or by a group', async () => {
    const held = { approval: approval(), people: lee(['approver']) };
    const byGroup = { approval: approval({ byGroup: ['approver'] }), people: lee([]) };
    for (const ports of [held, byGroup, { approval: approval(), people: [] }])
      expect(await judged({ plan, ports })).toEqual({ pass: true });
  });
});
