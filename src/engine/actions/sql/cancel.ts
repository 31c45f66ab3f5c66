import { connect } from 'node:net';

export interface Backend {
  host: string;
  port: number;
  processId: number;
  secretKey: number;
}

const CANCEL_REQUEST = 80_877_102;
const LONGEST_MS = 1_000;

/**
 * Tells the server to end what a backend does now. It needs no connection slot and no log-in, so that it works on a server
 * that is full. The server never answers: whether it was heeded, the statement's own end tells. Never rejects.
 */
export function cancelStatement({ host, port, processId, secretKey }: Backend): Promise<void> {
  const request = Buffer.alloc(16);
  [16, CANCEL_REQUEST, processId, secretKey].forEach((word, index) => {
    request.writeInt32BE(word, index * 4);
  });
  return new Promise((resolve) => {
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    socket.setTimeout(LONGEST_MS, () => socket.destroy());
    socket.once('error', () => {});
    socket.once('close', () => resolve());
    socket.once('connect', () => socket.end(request));
    // The server closes without a word; what it might say must be read for the close to come.
    socket.resume();
  });
}
