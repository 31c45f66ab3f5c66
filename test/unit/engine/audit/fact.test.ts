import { describe, expect, test } from '@jest/globals';
import { factOf, type LoggedAct } from '../../../../src/engine/audit/fact.js';

const act = (data: object, more: Partial<LoggedAct> = {}): LoggedAct => ({
  event_id: '7',
  xid: '9',
  at: '2026-11-01T00:00:00.000001Z',
  kind: 'step.succeeded',
  actor: 'Ann',
  recovery_id: 12,
  constitution: null,
  data: JSON.stringify(data),
  of_recovery: { platform: 'slack', channel: 'C0', reason: 'it hangs', digest: 'ab' },
  ...more,
});
const fact = (data: object, more?: Partial<LoggedAct>) => factOf(act(data, more), '2026-11-01T00:00:01.000000Z');

describe('a fact of the audit', () => {
  test('has where, why and the digest of its recovery, where the event says nothing of them', () => {
    expect(fact({})).toMatchObject({ recovery: 'R-12', via: 'slack', place: 'C0', why: 'it hangs', digest: 'ab' });
  });

  test('has what the event says of itself first', () => {
    const own = { via: 'slack', channel: 'C1', reason: 'too slow', digest: 'cd' };
    expect(fact(own)).toMatchObject({ via: 'slack', place: 'C1', why: 'too slow', digest: 'cd' });
  });

  test('was not made in the recovery’s channel when it came by another surface', () => {
    expect(fact({ via: 'api' })).toMatchObject({ via: 'api', place: null });
  });

  test.each(['null', '7', '"x"', '[]', '{"via": 7, "reason": {}}', '{"n": 1e999}'])(
    'is made of whatever data: %s',
    (data) => {
      expect(fact({}, { data, of_recovery: null, recovery_id: null })).toMatchObject({
        via: null,
        why: null,
        recovery: null,
        data,
      });
    },
  );
});
