import { expect, test } from '@jest/globals';
import { recoveryLog } from '../../../../src/engine/tracing/recovery-log.js';

const lines: unknown[] = [];
const log = (...line: unknown[]) => void lines.push(line);

test('lines about a recovery say which, and in which trace where there is one', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  recoveryLog(log, { id: 12, origin: { platform: 'api', traceparent } })('info', 'one', { a: 1 });
  recoveryLog(log, { id: 13, origin: { platform: 'api' } })('warn', 'two');
  expect(lines).toEqual([
    ['info', 'one', { recovery: 'R-12', trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', a: 1 }],
    ['warn', 'two', { recovery: 'R-13' }],
  ]);
});
