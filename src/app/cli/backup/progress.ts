import { sizeInWords } from '../../../engine/actions/docker/size.js';
import { formatDuration } from '../../../engine/model/duration.js';

export interface Progress {
  onBytes(bytes: number): void;
  /** `120.4 MB in 3.2 s, 37.6 MB/s`; the line is gone. */
  end(): string;
}

const PAUSE_MS = 200;

/** One line that is written over while somebody waits at a terminal; elsewhere nothing. */
export function showProgress(what: string, out: NodeJS.WriteStream = process.stderr): Progress {
  const beganAt = performance.now();
  let done = 0;
  let shownAt = 0;
  const measure = (): string => {
    const ms = performance.now() - beganAt;
    return `${sizeInWords(done)} in ${formatDuration(ms)}, ${sizeInWords(Math.round((done / ms) * 1_000))}/s`;
  };
  return {
    onBytes(bytes) {
      done = bytes;
      if (!out.isTTY || performance.now() - shownAt < PAUSE_MS) return;
      shownAt = performance.now();
      out.write(`\r\x1b[K${what}: ${measure()}`);
    },
    end() {
      if (out.isTTY) out.write('\r\x1b[K');
      return measure();
    },
  };
}
