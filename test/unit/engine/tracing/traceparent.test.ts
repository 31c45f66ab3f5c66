import { describe, expect, test } from '@jest/globals';
import { formatTraceparent, parseTraceparent } from '../../../../src/engine/tracing/traceparent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent', () => {
  test('names a span, and is written as it was read', () => {
    const text = `00-${TRACE}-${SPAN}-01`;
    const name = { traceId: TRACE, spanId: SPAN, flags: 1 };
    expect(parseTraceparent(text)).toEqual(name);
    expect(formatTraceparent(name)).toBe(text);
  });

  test.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['an unknown form', `00-${TRACE}-${SPAN}`],
    ['capital letters', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['more lines', `00-${TRACE}-${SPAN}-01\nX: y`],
  ])('is not made of %s', (_, text) => expect(parseTraceparent(text)).toBeUndefined());
});
