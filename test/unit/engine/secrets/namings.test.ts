import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_ACTIONS } from '../../../../src/engine/actions/actions.js';
import { parseRunbook } from '../../../../src/engine/planner/load-runbooks.js';
import { namesOf, namingsIn } from '../../../../src/engine/secrets/namings.js';
import { aService } from '../../../support/builders.js';

const named = (text: string, services: ReturnType<typeof aService>[] = []) =>
  namingsIn({
    services,
    runbooks: text === '' ? [] : [parseRunbook(text, 'r.yaml')],
    aliases: new Map([['ping', { action: 'http_request', input: { url: 'env:PING_URL' } }]]),
    actions: BUILT_IN_ACTIONS,
  }).map((one) => [one.where, namesOf(one), one.misplaced]);
const PING = ['step_aliases: ping.with.url', 'env:PING_URL', undefined];

describe('places that name secrets', () => {
  test('are found in steps of every form, with what checks and undoes them', () => {
    const found = named(`id: r
params: { key: { default: "x\${env:P}" } }
steps:
  - "http_request: env:SHORT"
  - action: parallel
    with:
      steps:
        - { action: run_command, with: { command: [a], env: { A: "\${env:B}\${env:C}" } } }
        - "notify: done"
  - action: notify
    with: { message: env:TEXT }
    verify: { action: wait_for, with: { url: "http://u:\${file:/run/v}@h/" } }
    rollback: { action: sql_query, with: { database: "vault:secret/data/d#url", query: "select 1" } }
`);
    expect(found).toEqual([
      ['runbook r: steps[0].url', 'env:SHORT', undefined],
      ['runbook r: steps[1].with.steps[0].with.env.A', 'env:B, env:C', undefined],
      ['runbook r: steps[2].verify.with.url', 'file:/run/v', undefined],
      ['runbook r: steps[2].rollback.with.database', 'vault:secret/data/d#url', undefined],
      ['runbook r: params.key.default', 'env:P', undefined],
      PING,
    ]);
  });

  test('are refused where everybody would read them', () => {
    const [found] = named('{ id: r, steps: [{ action: run_command, with: { command: [curl, "${env:A}"] } }] }');
    expect(found?.[2]).toBe('a secret may not stand there: it would be seen. Of run_command it may stand in env');
    const [other] = named('{ id: r, steps: [{ action: notify, with: { message: "${env:A}" } }] }');
    expect(other?.[2]).toContain('in no field of it');
  });

  test('are found in the settings of services, but not in what a container says of itself', () => {
    const settings = {
      process: { command: ['a'], cwd: '/', env: { A: 'env:A', B: 'plain' } },
      health: [{ type: 'http' as const, url: 'http://u:${env:H}@h/', intervalMs: 1, timeoutMs: 1, failures: 1 }],
    };
    const declared = { container: 'web', labels: {} };
    expect(named('', [aService('web', settings), aService('own', { ...settings, declared })])).toEqual([
      ['service web: health[0].url', 'env:H', undefined],
      ['service web: process.env.A', 'env:A', undefined],
      PING,
    ]);
  });
});
