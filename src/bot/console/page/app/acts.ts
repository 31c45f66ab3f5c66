import type { Act } from '../model/act.js';
import { answeredAnew, failed, pressed, released } from '../model/acting.js';
import type { PrivateReply } from '../model/message.js';
import { lastPlace, replied } from '../model/receive.js';
import { type Client, Refused } from '../net/client.js';
import type { Store } from './store.js';

export interface Acts {
  /** Sends it, shows its private replies, and answers whether the server took it. Never rejects. */
  send(act: Act): Promise<boolean>;
  /** A private reply came over the stream: perhaps before the answer to what is being sent. */
  arrived(reply: PrivateReply): void;
}

/** A card that has not changed this long after the answer will not: its buttons are given back. */
const CHANGES_WITHIN_MS = 1_500;

export function createActs(client: Client, store: Store, onEnded: () => void): Acts {
  const underWay = new Set<Act>();

  const placeOf = ({ channel, thread }: Act, after: string | null) => ({ channel, thread, after });

  function refused(act: Act, error: unknown): void {
    const { status, message } = error instanceof Refused ? error : { status: 0, message: '' };
    if (status === 401) onEnded();
    else store.change(failed(act, status === 0 ? undefined : message, status === 0 || status >= 500));
  }

  return {
    async send(act) {
      underWay.add(act);
      const { message, command, channel, thread, id } = act;
      if (message !== undefined) store.change(pressed(message, command));
      try {
        const { replies, message: shown } = await (message === undefined
          ? client.post('commands', { channel, text: command, id, ...(thread === null ? {} : { thread }) })
          : client.post('clicks', { message, command, id }));
        if (message !== undefined) store.change(answeredAnew(message));
        for (const reply of replies) store.change(replied(reply, placeOf(act, act.after ?? shown)));
        if (message !== undefined) setTimeout(() => store.change(released(message)), CHANGES_WITHIN_MS);
        return true;
      } catch (error) {
        if (message !== undefined) store.change(released(message));
        refused(act, error);
        return false;
      } finally {
        underWay.delete(act);
      }
    },
    arrived(reply) {
      if (store.get().replies.some(({ id }) => id === reply.id)) return;
      const [only, ...others] = underWay;
      const last = lastPlace(store.get());
      store.change(replied(reply, only && others.length === 0 ? placeOf(only, only.after ?? last.after) : last));
    },
  };
}
