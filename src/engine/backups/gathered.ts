import type { Readable } from 'node:stream';

const PIECE_BYTES = 1_024 * 1_024;
/** What a program may be ahead of whoever takes its output: about half a second of pg_dump. */
const AHEAD_BYTES = 16 * PIECE_BYTES;

/**
 * The same, read from this call on and not from the first piece that is asked for. What a program has written and nobody
 * reads Node throws away when the program ends, and an error of a stream that nobody listens to ends the process.
 */
export function begun<Piece>(source: AsyncIterable<Piece>): AsyncGenerator<Piece> {
  const pieces = source[Symbol.asyncIterator]();
  const first = pieces.next();
  first.catch(() => {});
  async function* all(): AsyncGenerator<Piece> {
    try {
      for (let next = await first; !next.done; next = await pieces.next()) yield next.value;
    } finally {
      await pieces.return?.();
    }
  }
  return all();
}

/** The same bytes in great pieces: each piece costs a turn in every stage behind it. */
export async function* gathered(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < PIECE_BYTES) continue;
    yield joined(held, bytes);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield joined(held, bytes);
}

/**
 * The output of a program in great pieces, read while the piece before is still being worked on: pg_dump writes 4 kB at a
 * time, and would stand still whenever the little that fits into a pipe is full.
 */
export async function* readAhead(source: Readable): AsyncGenerator<Buffer> {
  const state: { held: Buffer[]; bytes: number; ended: boolean; error?: unknown } = {
    held: [],
    bytes: 0,
    ended: false,
  };
  let wake = () => {};
  const onData = (chunk: Buffer) => {
    state.held.push(chunk);
    state.bytes += chunk.length;
    if (state.bytes >= AHEAD_BYTES) source.pause();
    if (state.bytes >= PIECE_BYTES) wake();
  };
  const end = (error?: unknown) => {
    if (!state.ended && error !== undefined) state.error = error;
    state.ended = true;
    wake();
  };
  source.on('data', onData);
  source.once('end', () => end());
  source.once('error', end);
  source.once('close', () => end(new Error('its output was cut off')));
  try {
    for (;;) {
      if (!state.ended && state.bytes < PIECE_BYTES) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if (state.error !== undefined) throw state.error;
      if (state.bytes === 0) return;
      const piece = joined(state.held, state.bytes);
      state.held = [];
      state.bytes = 0;
      source.resume();
      yield piece;
    }
  } finally {
    source.off('data', onData);
    source.destroy();
  }
}

function joined(held: readonly Buffer[], bytes: number): Buffer {
  const [only] = held;
  return only && held.length === 1 ? only : Buffer.concat(held, bytes);
}
