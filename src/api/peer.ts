import type { WebSocket } from 'ws';
import type { Principal } from '../engine/model/person.js';
import type { Limits } from './limits.js';

/** A client of a WebSocket. */
export interface Peer {
  who: Principal;
  /**
   * Sends it as JSON. The promise says when there is room for more: whoever has much to send waits for it, so that no more
   * than a little is ever in memory. A client that does not take it in time is closed with 1013: it may come back and continue.
   */
  send(message: object): Promise<void>;
  close(code: number, reason: string): void;
}

/** Why the server ended a connection that nobody had asked to end. */
export type CutOff = 'slow' | 'silent' | 'token' | 'hostile' | 'failed';

/** How a connection ends that this side wants to end: politely, and soon. */
export type End = (code: number, reason: string, why?: CutOff) => void;

export function createPeer(client: WebSocket, who: Principal, limits: Limits, end: End): Peer {
  const tooSlow = () => end(1013, 'reads too slowly: come back, and go on after the last event', 'slow');
  return {
    who,
    async send(message) {
      if (client.readyState !== client.OPEN) return;
      if (client.bufferedAmount > limits.socketBacklogBytes) return tooSlow();
      const text = JSON.stringify(message);
      if (client.bufferedAmount < limits.socketPauseBytes) return client.send(text);
      await handedOver(client, text, limits.socketStallMs, tooSlow);
    },
    close: (code, reason) => end(code, reason),
  };
}

/** Resolves once the text, and so all before it, has left this process; or the connection is over. */
function handedOver(client: WebSocket, text: string, mostMs: number, tooSlow: () => void): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      client.off('close', done);
      resolve();
    };
    const timer = setTimeout(() => {
      tooSlow();
      done();
    }, mostMs);
    client.once('close', done);
    client.send(text, done);
  });
}
