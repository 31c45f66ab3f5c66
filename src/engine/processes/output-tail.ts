import type { Readable } from 'node:stream';

/** Keeps the last `maxBytes` of a stream, however much it carries. `text()` never begins inside a character. */
export function keepTail(stream: Readable, maxBytes: number): { text(): string } {
  let chunks: Buffer[] = [];
  let size = 0;
  let cut = false;
  stream.on('error', () => {});
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    // Joined only now and then: output of many small pieces would otherwise be copied again and again.
    if (size > 2 * maxBytes) compact();
  });

  function compact(): void {
    const all = Buffer.concat(chunks);
    cut ||= all.length > maxBytes;
    const tail = all.subarray(Math.max(0, all.length - maxBytes));
    chunks = [tail];
    size = tail.length;
  }

  return {
    text() {
      compact();
      const tail = chunks[0] ?? Buffer.alloc(0);
      return (cut ? tail.subarray(startOfCharacter(tail)) : tail).toString('utf8');
    },
  };
}

/** Index of the first byte that is not in the middle of a UTF-8 sequence. */
function startOfCharacter(bytes: Buffer): number {
  let index = 0;
  while (index < 3 && ((bytes[index] ?? 0) & 0xc0) === 0x80) index += 1;
  return index;
}
