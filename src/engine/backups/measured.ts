import { createHash } from 'node:crypto';
import type { Sealed } from './draft.js';

/** Passes pieces on, and knows afterwards how many bytes they were, and their SHA-256. */
export function measured(source: AsyncIterable<Buffer>, onBytes?: (bytes: number) => void) {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      onBytes?.(bytes);
      yield chunk;
    }
  }
  return { chunks: chunks(), result: (): Sealed => ({ sha256: hash.digest('hex'), bytes }) };
}
