import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Button, PlatformMemory } from '../port.js';
import { createKept } from './kept.js';
import { cut } from './render/cut.js';
import { clean } from './render/html.js';

/** As Telegram takes it; structurally grammY's. */
export interface Keyboard {
  inline_keyboard: { text: string; callback_data: string }[][];
}

/** What stands behind a button. */
export interface Meant {
  command: string;
  /** Asked before. */
  confirm?: string;
}

/**
 * Buttons carry 64 bytes, which anybody can forge: a press is no more than a typed command with an origin. A short
 * command stands in them as it is; one that is long, or asks first, is kept under its hash.
 */
export interface Buttons {
  keyboard(buttons: readonly Button[]): Promise<Keyboard>;
  /** undefined: made by another version, or by nobody. Throws while the memory is away. */
  meaning(data: string): Promise<Meant | undefined>;
}

const MAX_BYTES = 64;
const IN_ROW = 2;
/** Telegram allows 100; nobody reads so many. */
const MOST = 40;
const MAX_LABEL = 60;
const PLAIN = '1:';
const KEPT = '1#';
/** Characters of a SHA-256 in base64url: 132 bits. */
const HASH_LENGTH = 22;
const REMEMBERED = 5_000;

const meantSchema = z.object({ command: z.string(), confirm: z.string().optional() });

export function createButtons(memory: PlatformMemory): Buttons {
  const written = createKept<true>(REMEMBERED);

  async function dataOf({ command, confirm }: Button): Promise<string> {
    const direct = `${PLAIN}${command}`;
    if (confirm === undefined && Buffer.byteLength(direct) <= MAX_BYTES && !/[\p{Cs}\p{Cc}]/u.test(direct))
      return direct;
    const meant = JSON.stringify({ command, ...(confirm === undefined ? {} : { confirm }) });
    const hash = createHash('sha256').update(meant).digest('base64url').slice(0, HASH_LENGTH);
    if (!written.get(hash)) await memory.remember(`button:${hash}`, meant);
    written.set(hash, true);
    return `${KEPT}${hash}`;
  }

  return {
    async keyboard(buttons) {
      const row = await Promise.all(
        buttons.slice(0, MOST).map(async (button) => ({ text: labelOf(button), callback_data: await dataOf(button) })),
      );
      return { inline_keyboard: inRows(row) };
    },
    async meaning(data) {
      if (data.startsWith(PLAIN)) return { command: data.slice(PLAIN.length) };
      const hash = data.slice(KEPT.length);
      if (!data.startsWith(KEPT) || !/^[\w-]{22}$/.test(hash)) return undefined;
      const meant = await memory.recall(`button:${hash}`);
      const parsed = meant === undefined ? undefined : meantSchema.safeParse(JSON.parse(meant)).data;
      return (
        parsed && { command: parsed.command, ...(parsed.confirm === undefined ? {} : { confirm: parsed.confirm }) }
      );
    },
  };
}

function labelOf({ label, command }: Button): string {
  return cut(clean(label), MAX_LABEL) || cut(clean(command), MAX_LABEL) || '·';
}

function inRows<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / IN_ROW) }, (_, row) =>
    items.slice(row * IN_ROW, (row + 1) * IN_ROW),
  );
}
