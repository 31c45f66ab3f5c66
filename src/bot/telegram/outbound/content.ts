import { type Failure, failureOf } from '../failure.js';
import type { Rendered } from '../render/render-card.js';

const UNPREVIEWED = { link_preview_options: { is_disabled: true } } as const;

/** What every text of ours is sent with. */
export type Content = { parse_mode?: 'HTML' } & typeof UNPREVIEWED;

/**
 * Gives `send` the HTML; should Telegram not be able to parse it, the plain text: an alert without bold letters is
 * better than none.
 */
export async function sendReadable<Result>(
  { html, plain }: Rendered,
  send: (text: string, content: Content) => Promise<Result>,
  unparsable: (failure: Failure) => void,
): Promise<Result> {
  try {
    return await send(html, { parse_mode: 'HTML', ...UNPREVIEWED });
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== 'unparsable') throw error;
    unparsable(failure);
    return await send(plain, UNPREVIEWED);
  }
}
