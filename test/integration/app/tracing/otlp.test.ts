import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { freePort } from '../../../../scripts/services/free-port.mjs';
import { type OpenTracing, openTracing } from '../../../../src/app/tracing/open-tracing.js';
import { UserError } from '../../../../src/engine/model/errors.js';
import type { SpanDraft, Tracing } from '../../../../src/engine/tracing/tracing.js';
import { type Collector, startCollector } from '../../../platforms/otlp/collector.js';
import { eventually } from '../../../support/eventually.js';

let collector: Collector;
let open: OpenTracing;
let logged: { level: string; message: string; facts?: object }[];

const work = (name: string, parent?: string): SpanDraft => ({
  name,
  kind: 'work',
  facts: { n: 1, ok: true, what: 'x' },
  ...(parent === undefined ? {} : { parent }),
});

async function traced(endpoint: string): Promise<Tracing> {
  logged = [];
  open = await openTracing({ endpoint, version: '1.2.3', roles: ['worker'] }, (level, message, facts) =>
    logged.push({ level, message, facts }),
  );
  if (!open.tracing) throw new Error('nothing is traced');
  return open.tracing;
}

beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await open.close();
  await collector.close();
});

describe('spans over OTLP', () => {
  test('are children of the span that they are made in, and go on with a trace that is handed over', async () => {
    const tracing = await traced(collector.url);
    const parent = '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01';
    await tracing.within(work('outer', parent), async (span) => {
      expect(tracing.current()).toBe(span.traceparent);
      await tracing.within(work('inner'), async () => undefined);
      tracing.mark(work('mark'));
    });
    expect(tracing.current()).toBeUndefined();
    await open.close();
    expect(collector.refused).toEqual([]);
    const [inner, mark, outer] = ['inner', 'mark', 'outer'].map((name) => collector.spans.find((s) => s.name === name));
    expect(outer).toMatchObject({ traceId: '0123456789abcdef0123456789abcdef', parentSpanId: '0123456789abcdef' });
    expect(inner).toMatchObject({ parentSpanId: outer?.spanId, facts: { n: 1, ok: true, what: 'x' } });
    expect(mark).toMatchObject({ parentSpanId: outer?.spanId, traceId: outer?.traceId });
  });

  test('tell of a failure by its code, never by its message', async () => {
    const tracing = await traced(collector.url);
    const failing = tracing.within(work('bad'), async () => {
      throw new UserError('conflict', 'the password is hunter2');
    });
    await expect(failing).rejects.toMatchObject({ code: 'conflict' });
    await open.close();
    expect(collector.spans).toMatchObject([{ name: 'bad', failed: 'conflict', facts: { 'error.type': 'conflict' } }]);
    expect(collector.bodies.join('')).not.toContain('hunter2');
  });

  test('begin a trace of their own where what was handed over is none', async () => {
    const tracing = await traced(collector.url);
    tracing.mark(work('alone', "00-0'; DROP TABLE recoveries; --"));
    await open.close();
    expect(collector.spans).toMatchObject([{ name: 'alone', parentSpanId: undefined }]);
  });

  test('give the log lines within them the id of the trace', async () => {
    const tracing = await traced(collector.url);
    const traceparent = await tracing.within(work('one'), async (span) => {
      open.log('info', 'inside', { a: 1 });
      return span.traceparent;
    });
    open.log('info', 'outside', { a: 2 });
    expect(logged).toEqual([
      { level: 'info', message: 'inside', facts: { trace_id: traceparent.split('-')[1], a: 1 } },
      { level: 'info', message: 'outside', facts: { a: 2 } },
    ]);
  });

  test('that nobody takes cost nothing but themselves: one warning, and a word when it is over', async () => {
    const tracing = await traced(collector.url);
    collector.faults.push(...Array.from({ length: 2 }, () => ({ status: 400 })));
    const lost = () => logged.filter(({ message }) => message.includes('takes no spans'));
    tracing.mark(work('first'));
    await eventually(() => expect(lost()).toHaveLength(1));
    tracing.mark(work('second'));
    await eventually(() => expect(collector.faults).toEqual([]));
    tracing.mark(work('third'));
    await eventually(() => expect(logged.at(-1)?.message).toContain('takes spans again'));
    expect(lost()).toHaveLength(1);
    expect(collector.spans.map(({ name }) => name)).toEqual(['third']);
  }, 20_000);

  test('do not slow the work, or fill the memory, while the collector is gone or hangs', async () => {
    const gone = await traced(`http://127.0.0.1:${await freePort()}`);
    const took = await burst(gone);
    await open.close();
    collector.faults.push(...Array.from({ length: 50 }, () => 'hang' as const));
    const hanging = await burst(await traced(collector.url));
    const closed = performance.now();
    await open.close();
    expect(Math.max(took.ms, hanging.ms)).toBeLessThan(4_000);
    expect(Math.max(took.grewMb, hanging.grewMb)).toBeLessThan(40);
    expect(performance.now() - closed).toBeLessThan(2_500);
  }, 30_000);
});

/** 20,000 spans, of which a few thousand may wait. */
async function burst(tracing: Tracing): Promise<{ ms: number; grewMb: number }> {
  const before = process.memoryUsage().heapUsed;
  const began = performance.now();
  for (let n = 0; n < 20_000; n += 1) await tracing.within(work('burst'), async () => undefined);
  return { ms: performance.now() - began, grewMb: (process.memoryUsage().heapUsed - before) / 1_048_576 };
}
