import type { types, webApi } from '@slack/bolt';
import { z } from 'zod';

/** A form as it was when someone chose something in it. */
export interface DrawnView {
  id: string;
  hash?: string | undefined;
}

/**
 * Draws forms anew. Slack refuses a drawing whose hash is not that of what is shown now (`hash_conflict`), so that none
 * overwrites one that it has not seen. Two choices in quick succession carry the same hash, and the later one must stand:
 * drawings of one form wait for each other, and each builds on the one before.
 */
export type Draw = (on: DrawnView, view: types.ModalView) => Promise<void>;

const updated = z.object({ view: z.object({ hash: z.string().optional() }) });
/** A form lives for minutes: what is older is of none that is open. */
const REMEMBERED = 1_000;

export function createDraw(client: webApi.WebClient): Draw {
  /** What a drawing of ours has become. */
  const became = new Map<string, string>();
  const busy = new Map<string, Promise<void>>();

  function present(hash: string): string {
    const next = became.get(hash);
    return next === undefined ? hash : present(next);
  }

  async function draw({ id, hash }: DrawnView, view: types.ModalView): Promise<void> {
    const shown = hash === undefined ? undefined : present(hash);
    const answer = await client.views.update({ view_id: id, ...(shown === undefined ? {} : { hash: shown }), view });
    const next = updated.parse(answer).view.hash;
    if (shown === undefined || next === undefined || next === shown) return;
    if (became.size >= REMEMBERED) became.delete(became.keys().next().value ?? '');
    became.set(shown, next);
  }

  return (on, view) => {
    const before = busy.get(on.id) ?? Promise.resolve();
    const drawn = before.then(() => draw(on, view));
    const over = drawn
      .catch(() => {})
      .then(() => {
        if (busy.get(on.id) === over) busy.delete(on.id);
      });
    busy.set(on.id, over);
    return drawn;
  };
}
