import type { App } from '@slack/bolt';
import type { Log } from '../../../engine/ports.js';
import type { AckTiming } from '../../port.js';

/** What Slack sent, by either way. */
export interface Delivery {
  body: Record<string, unknown>;
  retryNum?: number;
  retryReason?: string;
}

/** Tells Slack that it was taken, with what a form shall show. */
export type Answer = (payload?: unknown) => Promise<void>;

/** Hands a delivery to Bolt's listeners, and answers exactly once. Rejects when a listener failed and nothing was answered. */
export type Deliver = (delivery: Delivery, answer: Answer) => Promise<void>;

/** Slack waits 3 s, and Bolt does not say in Socket Mode when that is over. */
const LATE_MS = 2_500;

/**
 * Bolt answers events before its listeners ran, and never what has no listener. Here an event is answered when it is
 * stored, so that Slack delivers it again when it could not be; what nobody listens to is answered, too.
 */
export function createDeliver(app: App, log: Log, failed: WeakSet<object>, timing?: AckTiming): Deliver {
  return async ({ body, retryNum, retryReason }, answer) => {
    const began = performance.now();
    let answered = false;
    const once: Answer = async (payload) => {
      if (answered) return;
      answered = true;
      timing?.answered(performance.now() - began);
      // The socket may be gone by now. What was done is stored, and a repeated delivery is recognised.
      await answer(payload).catch((error: unknown) => log('info', 'slack:not_answered', { error: String(error) }));
    };
    if (body.type === 'app_rate_limited') {
      log('warn', 'slack:events_limited', { minute: Number(body.minute_rate_limited) || 0 });
      return await once();
    }
    const isEvent = body.event !== undefined;
    const late = setTimeout(() => {
      if (answered) return;
      timing?.late();
      log('warn', 'slack:late_answer', { kind: String(body.type ?? 'command') });
    }, LATE_MS);
    try {
      await app.processEvent({
        body,
        ack: async (payload) => (isEvent ? undefined : once(payload)),
        ...(retryNum === undefined ? {} : { retryNum }),
        ...(retryReason === undefined ? {} : { retryReason }),
      });
    } finally {
      clearTimeout(late);
    }
    if (failed.has(body) && !answered) throw new Error('a listener failed');
    await once();
  };
}
