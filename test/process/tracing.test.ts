import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CollectedSpan, type Collector, startCollector } from '../platforms/otlp/collector.js';
import { eventually, withDatabase, withRedis } from '../support/index.js';
import { type Installation, install } from '../support/reviver.js';
import { FIXTURES, linesIn, manyServices } from '../support/scene.js';

/** a is done; g holds the worker until its spans so far are out; b kills it; c fails twice; then all is undone. */
const RUNBOOK = `id: troubled
params: { file: { type: string }, gate: { type: string } }
steps:
  - { id: a, action: ledger_append, with: { file: "{{ params.file }}", line: a } }
  - id: g
    action: gated_append
    with: { file: "{{ params.file }}", line: g, gate: "{{ params.gate }}" }
    rollback: { action: ledger_append, with: { file: "{{ params.file }}", line: undo g } }
  - { id: b, action: ledger_append, with: { file: "{{ params.file }}", line: b, die: true } }
  - id: c
    action: ledger_append
    with: { file: "{{ params.file }}", line: c, fail: true }
    retry: { strategy: immediate, max_retry_attempts: 2 }
`;

const CLIENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

const database = withDatabase();
const redis = withRedis();
let collector: Collector;
let reviver: Installation;

beforeAll(async () => {
  collector = await startCollector();
  reviver = await install({
    databaseUrl: database.url,
    redisUrl: redis.url,
    services: manyServices(3),
    runbooks: { 'troubled.yaml': RUNBOOK },
    extensions: FIXTURES,
    more: 'approvals: { rules: [{ when: "true", need: 1, role: approver }] }',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, NODE_DEBUG: 'module' },
  });
  await reviver.start('api', ['start', '--role', 'api']);
}, 60_000);

afterAll(async () => {
  await reviver.stop();
  await collector.close();
}, 60_000);

const named = (name: string): CollectedSpan[] => collector.spans.filter((span) => span.name === name);
const parentOf = (span: CollectedSpan): string | undefined =>
  collector.spans.find(({ spanId }) => spanId === span.parentSpanId)?.name;
const undone = () => collector.spans.filter(({ name }) => name.startsWith('undo '));
const loaded = (process: string) => reviver.log(process).includes('node_modules/@opentelemetry/sdk-trace');

describe('a recovery', () => {
  test('is one trace: from the command of its client, over approval, retry and takeover, to its rollback', async () => {
    const [file, gate] = ['ledger.txt', 'gate'].map((name) => join(reviver.folder, name));
    const doomed = await reviver.start('doomed', ['worker'], { LEDGER_DIES: '1' });
    const body = { runbook: 'troubled', params: { file, gate }, reason: 'the password is hunter2' };
    const answer = await reviver.send('POST', '/recover/s1', { body, headers: { traceparent: CLIENT } });
    expect(answer.status).toBe(202);
    expect((await reviver.call('POST', '/recoveries/R-1/approve', {}, 'lee')).status).toBe(200);
    await reviver.step('R-1', 1, 'running');
    await eventually(() => expect(named('step a')).toHaveLength(1));
    await writeFile(gate ?? '', '');
    expect(await doomed.ended).toBe('SIGKILL');
    const second = await reviver.start('second', ['worker']);
    await reviver.reaches('R-1', 'ROLLED_BACK');
    expect(await linesIn(file ?? '')).toEqual(['a', 'g', 'b', 'undo c', 'undo b', 'undo g', 'undo a']);
    await eventually(() => expect(undone().map(({ name }) => name)).toHaveLength(4));

    expect(collector.refused).toEqual([]);
    expect([...new Set(collector.spans.map(({ traceId }) => traceId))]).toEqual([TRACE]);
    const [recover] = named('recover');
    expect(recover).toMatchObject({ parentSpanId: '00f067aa0ba902b7', kind: 2, facts: { 'reviver.service': 's1' } });
    expect(named('approve').map(parentOf)).toEqual(['recover']);
    expect(named('take').map(({ pid }) => pid)).toEqual([doomed.pid]);
    expect(named('take over').map(({ pid }) => pid)).toEqual([second.pid]);
    expect([...named('take'), ...named('take over')].map(parentOf)).toEqual(['recover', 'recover']);
    expect(named('step a').map(parentOf)).toEqual(['take']);
    expect(named('look at b')).toMatchObject([{ facts: { 'reviver.outcome': 'done' } }]);
    expect(named('look at b').map(parentOf)).toEqual(['take over']);
    const attempts = named('step c').map(({ facts, failed }) => [facts['reviver.step.attempt'], failed]);
    expect(attempts).toEqual([
      [1, 'unexpected'],
      [2, 'unexpected'],
    ]);
    expect(named('probe ledger_append').map(parentOf)).toContain('look at b');
    expect(new Set(named('run ledger_append').map((span) => parentOf(span)?.split(' ')[0]))).toEqual(
      new Set(['step', 'undo']),
    );
    expect(new Set(undone().map(parentOf))).toEqual(new Set(['take over']));
    for (const { facts } of collector.spans)
      expect(facts).toMatchObject({
        'reviver.recovery.id': 'R-1',
        'reviver.service': 's1',
        'reviver.constitution.hash': 'cdd01ef066bc6cf2',
      });
    for (const secret of ['hunter2', file ?? '', reviver.token('ann')])
      expect(collector.bodies.join('')).not.toContain(secret);
  }, 90_000);

  test('has its id, the constitutional hash and the trace in the JSON lines about it', () => {
    const ended = reviver
      .log('second')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
      .find(({ msg }) => msg === 'recovery:ended');
    expect(ended).toMatchObject({
      level: 'info',
      recovery: 'R-1',
      service: 's1',
      state: 'ROLLED_BACK',
      constitutional_hash: 'cdd01ef066bc6cf2',
      trace_id: TRACE,
    });
  });

  test('is traced nowhere, and nothing is loaded for it, where no collector is named', async () => {
    expect(loaded('second')).toBe(true);
    const spans = collector.spans.length;
    await reviver.start('quiet', ['worker'], { OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    expect(loaded('quiet')).toBe(false);
    expect(collector.spans).toHaveLength(spans);
  }, 30_000);
});
