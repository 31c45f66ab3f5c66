import { z } from 'zod';
import { badRequest } from './refusal.js';

export interface SeenButton {
  text: string;
  data: string;
}

const button = z.strictObject({
  text: z.string(),
  callback_data: z.string().optional(),
  url: z.string().optional(),
});
const markup = z.strictObject({ inline_keyboard: z.array(z.array(button)) });

const MAX_BUTTONS = 100;
const MAX_IN_ROW = 8;
const MAX_DATA_BYTES = 64;

/** Rows of an inline keyboard, or the refusal that Telegram answers with. */
export function readKeyboard(value: unknown): SeenButton[][] {
  if (value === undefined) return [];
  const parsed = markup.safeParse(value);
  if (!parsed.success) throw badRequest("can't parse reply keyboard markup JSON object");
  const rows = parsed.data.inline_keyboard.filter((row) => row.length > 0);
  if (rows.flat().length > MAX_BUTTONS) throw badRequest('reply markup is too long');
  if (rows.some((row) => row.length > MAX_IN_ROW)) throw badRequest('too many buttons in a row');
  return rows.map((row) => row.map(readButton));
}

function readButton({ text, callback_data: data, url }: z.output<typeof button>): SeenButton {
  if (text.trim() === '' || /\p{Cs}/u.test(text))
    throw badRequest("can't parse inline keyboard button: Text must be non-empty and encoded in UTF-8");
  if (data === undefined && url === undefined)
    throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
  if (data !== undefined && (data === '' || Buffer.byteLength(data) > MAX_DATA_BYTES))
    throw badRequest('BUTTON_DATA_INVALID');
  return { text, data: data ?? '' };
}
