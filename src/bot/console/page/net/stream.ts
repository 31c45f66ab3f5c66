import type { StreamEvent } from '../model/message.js';
import { readEvent } from './wire.js';

/** Serves one connection; resolves with its close code when it is over, for whatever reason. */
export function listen(
  token: string,
  since: number,
  on: { open(): void; event(event: StreamEvent): void },
  signal: AbortSignal,
): Promise<number> {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  // A browser cannot send headers with a WebSocket; the server takes the token as an offered subprotocol.
  const socket = new WebSocket(`${scheme}://${location.host}/console/ws?since=${since}`, [
    'reviver',
    `bearer.${token}`,
  ]);
  return new Promise((resolve) => {
    const end = (code: number) => {
      signal.removeEventListener('abort', abort);
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
      resolve(code);
    };
    // A dead connection would take its time to close: it is left behind at once.
    const abort = () => end(0);
    socket.onopen = () => on.open();
    socket.onmessage = ({ data }) => {
      const event = readEvent(parsed(data));
      if (event) on.event(event);
    };
    socket.onclose = ({ code }) => end(code);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}

function parsed(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}
