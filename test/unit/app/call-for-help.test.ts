import { beforeEach, describe, expect, test } from '@jest/globals';
import { callOf } from '../../../src/app/call-for-help.js';
import { createFakeEngine, type FakeEngine } from '../../support/fake-engine.js';
import { APPROVED_BY_LEE, recoveryView } from '../../support/recovery-view.js';

let engine: FakeEngine;
beforeEach(() => {
  engine = createFakeEngine();
});

describe('whom an escalation calls by name', () => {
  test.each([
    ['unknown_outcome', { role: 'responder', people: ['Lee'], asker: 'Ann' }],
    ['rollback_failed', { role: 'responder', people: ['Lee'], asker: 'Ann' }],
    ['approval_expired', { role: 'approver', people: ['Ann', 'Lee'], asker: 'Ann' }],
    ['asked_by_person', { role: 'approver', people: ['Ann', 'Lee'], asker: 'Ann' }],
  ])('%s calls whoever asked, and who approved it or could', async (code, call) => {
    engine.put(
      recoveryView({ recovery: { id: 1, requestedBy: 'Ann', state: 'FAILED' }, approvals: [APPROVED_BY_LEE] }),
    );
    expect(await callOf({ code, recoveryId: 1 }, engine)).toEqual(call);
  });

  test('what a program asked for calls whoever answers for it', async () => {
    const origin = { platform: 'api', owner: 'Lee' };
    engine.put(recoveryView({ recovery: { id: 1, requestedBy: 'token:ci', origin } }));
    expect(await callOf({ code: 'step_failed', recoveryId: 1 }, engine)).toMatchObject({ asker: 'Lee' });
  });

  test('without a recovery everybody is called who carries them out', async () => {
    expect(await callOf({ code: 'rto_breached', recoveryId: null }, engine)).toEqual({
      role: 'responder',
      people: ['Ann', 'Lee'],
    });
  });
});
