import { describe, expect, test } from '@jest/globals';
import { parseShow, unitStatus } from '../../../../src/engine/runtimes/systemd/unit.js';

const ACTIVE = `LoadState=loaded
ActiveState=active
SubState=running
MainPID=4711
InvocationID=3f2a9c0e7d5b4a1e8c6f0d2b9a7e5c31
Result=success
ExecMainStatus=0
NRestarts=2
UnitFileState=enabled
`;
const with_ = (over: Record<string, string>) => unitStatus('web.service', { ...parseShow(ACTIVE), ...over });

describe('what systemctl show says', () => {
  test('is read line by line; a value may have an equals sign, and what was not asked for is passed over', () => {
    expect(parseShow('ActiveState=active\nResult=a=b\nStrange=1\nnothing\n=x\n')).toEqual({
      ActiveState: 'active',
      Result: 'a=b',
    });
  });

  test('of a unit that runs: its invocation is the instance', () => {
    expect(unitStatus('web.service', parseShow(ACTIVE))).toEqual({
      status: 'running',
      instance: '3f2a9c0e7d5b4a1e8c6f0d2b9a7e5c31',
      summary: 'web.service, pid 4711',
      facts: { active: 'active', sub: 'running', result: 'success', pid: 4711, enabled: 'enabled', restarts: 2 },
    });
  });

  test.each<[string, Record<string, string>, string, string]>([
    ['without a process of its own', { SubState: 'exited', MainPID: '0' }, 'running', 'web.service, active (exited)'],
    [
      'that ends just now',
      { ActiveState: 'deactivating', SubState: 'stop-sigterm' },
      'running',
      'web.service, pid 4711',
    ],
    ['that begins just now', { ActiveState: 'activating', SubState: 'start' }, 'running', 'web.service, pid 4711'],
    [
      'that waits for its next try',
      { ActiveState: 'activating', SubState: 'auto-restart', MainPID: '0' },
      'stopped',
      'web.service activating (auto-restart)',
    ],
    [
      'that failed',
      { ActiveState: 'failed', SubState: 'failed', MainPID: '0', Result: 'exit-code', ExecMainStatus: '3' },
      'stopped',
      'web.service failed (exit-code)',
    ],
    [
      'that is stopped',
      { ActiveState: 'inactive', SubState: 'dead', MainPID: '0' },
      'stopped',
      'web.service inactive (dead)',
    ],
    ['that is masked', { LoadState: 'masked', ActiveState: 'inactive', MainPID: '0' }, 'stopped', 'web.service masked'],
    [
      'that is not there',
      { LoadState: 'not-found', ActiveState: 'inactive', MainPID: '0' },
      'missing',
      'no unit web.service',
    ],
  ])('of a unit %s', (_what, over, status, summary) => {
    const found = with_(over);
    expect(found).toMatchObject({ status, summary });
    expect(found.instance === null).toBe(status !== 'running');
  });

  test('of a failure the exit code is a fact', () => {
    expect(with_({ ActiveState: 'failed', MainPID: '0', ExecMainStatus: '3' }).facts).toMatchObject({ exit_code: 3 });
  });

  test('that is empty is no unit', () => {
    expect(unitStatus('x', {})).toMatchObject({ status: 'missing' });
  });
});
