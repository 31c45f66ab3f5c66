import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';

/** What goes wrong with a request before its content is looked at. `lost`: it is taken, and nobody hears the answer. */
export type Fault = { status: number; headers?: Record<string, string> } | 'hang' | 'reset' | 'lost';

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

export interface Receiver {
  url: string;
  /** The next requests meet these, one each. */
  faults: Fault[];
  requests: number;
  close(): Promise<void>;
}

const MOST = 2 * 1024 * 1024;

/** A server on 127.0.0.1 that plays a platform: `take` is its judgement of one whole request. */
export async function startReceiver(
  take: (request: IncomingMessage, body: string) => Answer,
  path = '',
): Promise<Receiver> {
  const server: Server = createServer((request, response) => {
    receiver.requests += 1;
    const fault = receiver.faults.shift();
    if (fault === 'hang') return;
    if (fault === 'reset') return void request.socket.destroy();
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST) chunks.push(chunk);
    });
    request.on('error', () => {});
    request.on('end', () => {
      if (typeof fault === 'object') return void response.writeHead(fault.status, fault.headers).end('no');
      const { status, headers, body } = take(request, Buffer.concat(chunks).toString());
      if (fault === 'lost') return void request.socket.destroy();
      response.writeHead(status, headers).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was bound');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${address.port}${path}`,
    faults: [],
    requests: 0,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}
