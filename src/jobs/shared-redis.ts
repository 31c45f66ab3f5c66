import type { Log } from '../engine/ports.js';
import type { RedisLink } from './redis-link.js';
import { createSeal, type Seal } from './seal.js';

/** A message in Redis without the proof of this installation: somebody else wrote it. */
export interface Forgery {
  /** The queue or channel. */
  where: string;
  /** The job's id as it was found, for whoever looks into it. */
  job?: string;
}

/** What all processes of an installation use of one Redis. */
export interface SharedRedis {
  url: string;
  /** Keeps installations that share a Redis apart; the braces keep the keys of one together in a cluster. */
  prefix: string;
  link: RedisLink;
  seal: Seal;
  /** Nothing is done because of it; this tells that it was there. */
  forged(found: Forgery): void;
  log: Log;
}

export function sharedRedis(
  { installation, sealKey }: { installation: string; sealKey: Buffer },
  options: Pick<SharedRedis, 'url' | 'link' | 'forged' | 'log'>,
): SharedRedis {
  const seal = createSeal(sealKey);
  return { ...options, prefix: `{reviver-${installation}-${seal.id}}`, seal };
}
