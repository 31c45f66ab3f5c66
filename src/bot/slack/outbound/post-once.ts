import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PlatformMemory } from '../../port.js';
import { Unanswered } from './refusal.js';

/** Where a post went, or since when it is not known whether it went anywhere. */
const noted = z.union([z.object({ message: z.string() }), z.object({ since: z.number() })]);

/** Looks for a post of ours by its mark, in what was said since then. undefined: there is none, or one cannot look. */
export type FindPost = (mark: string, since: number) => Promise<string | undefined>;

export interface Post {
  /** Waits for its turn. When that fails, nothing was begun. */
  ready(): Promise<void>;
  /** Gives the message. */
  send(mark: string): Promise<string>;
  find: FindPost;
}

/**
 * Slack has no idempotency key. So a key is written down before its post and the message after it; what was begun and
 * never answered is looked for before it is said again.
 */
export type PostOnce = (key: string, post: Post) => Promise<string>;

const REMEMBERED = 2_000;

export function createPostOnce(memory: PlatformMemory, now: () => number = Date.now): PostOnce {
  const inHand = new Map<string, Promise<string>>();
  const done = new Map<string, string>();

  async function run(mark: string, { ready, send, find }: Post): Promise<string> {
    const before = await recall(memory, mark);
    if (before && 'message' in before) return before.message;
    const found = before && (await find(mark, before.since));
    if (found === undefined) {
      await ready();
      if (!before) await memory.remember(keyOf(mark), JSON.stringify({ since: now() }));
    }
    const message = found ?? (await sendOrForget(mark, send));
    keep(done, mark, message);
    await memory.remember(keyOf(mark), JSON.stringify({ message }));
    return message;
  }

  /** A clear refusal leaves nothing to look for. */
  async function sendOrForget(mark: string, send: Post['send']): Promise<string> {
    return await send(mark).catch(async (error: unknown) => {
      if (!(error instanceof Unanswered)) await memory.remember(keyOf(mark), '').catch(() => {});
      throw error;
    });
  }

  return (key, post) => {
    const mark = markOf(key);
    const message = done.get(mark);
    if (message !== undefined) return Promise.resolve(message);
    const before = inHand.get(mark);
    if (before) return before;
    const work = run(mark, post).finally(() => inHand.delete(mark));
    inHand.set(mark, work);
    return work;
  };
}

/** What stands in the message itself: it says nothing to people. */
export function markOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

const keyOf = (mark: string) => `post:${mark}`;

async function recall(memory: PlatformMemory, mark: string): Promise<z.output<typeof noted> | undefined> {
  const kept = await memory.recall(keyOf(mark));
  return kept ? noted.parse(JSON.parse(kept)) : undefined;
}

/** The message of a mark, as far as it is known. */
export async function messageOf(memory: PlatformMemory, mark: string): Promise<string | undefined> {
  const kept = await recall(memory, mark);
  return kept && 'message' in kept ? kept.message : undefined;
}

function keep(map: Map<string, string>, key: string, value: string): void {
  if (map.size >= REMEMBERED) map.delete(map.keys().next().value ?? '');
  map.set(key, value);
}
