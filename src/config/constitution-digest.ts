import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** SHA-256 (hex) of the file as it is now; a file that is not there is as an empty one, an unreadable one is undefined. */
export type DigestNow = (file: string) => Promise<string | undefined>;

/** Whatever the file system says, the content is read so often. */
const READ_ANEW_MS = 1_000;
/** A file that was changed so shortly before it was read may be changed again without a new time: clocks of file systems tick. */
const TICK_MS = 100;

/**
 * Asked before every step, so it must cost little: the file is read again when its inode, size or times are others than
 * when it was read. The time of the inode's last change cannot be set by whoever changes the file.
 */
export function createDigestNow(): DigestNow {
  let kept: { mark: string; sha256: string; readAt: number } | undefined;
  return async (file) => {
    try {
      const now = performance.now();
      // Microseconds; by way of the thread pool it took a sixth of all that a worker computes.
      const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
      const mark = [file, dev, ino, size, mtimeNs, ctimeNs].join();
      if (kept?.mark === mark && now - kept.readAt < READ_ANEW_MS) return kept.sha256;
      const readAtMs = Date.now();
      const digest = sha256(await readFile(file));
      const settled = Number(ctimeNs / 1_000_000n) < readAtMs - TICK_MS;
      kept = settled ? { mark, sha256: digest, readAt: now } : undefined;
      return digest;
    } catch (error) {
      kept = undefined;
      const gone = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
      return gone ? sha256('') : undefined;
    }
  };
}

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
