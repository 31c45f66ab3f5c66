import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { keepTail } from '../../../../src/engine/processes/output-tail.js';

test.each([
  [['abc'], 10, 'abc'],
  [['abc', 'def'], 4, 'cdef'],
  [['x'.repeat(100), 'y'], 3, 'xxy'],
  [['€€'], 4, '€'],
  [['€'], 3, '€'],
  [[], 3, ''],
])('of %j the last %i bytes are %j', async (chunks, bytes, kept) => {
  const stream = new PassThrough();
  const tail = keepTail(stream, bytes);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once('close', resolve));
  expect(tail.text()).toBe(kept);
});
