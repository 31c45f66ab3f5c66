import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, and does what networks do. */
export interface TcpProxy {
  port: number;
  /** `url` with this proxy as its host and port. */
  through(url: string): string;
  /**
   * The next request that contains `word` reaches the server; its reply does not reach the client, whose connection is
   * cut instead. Resolves when that has happened.
   */
  loseReplyTo(word: string): Promise<void>;
  /** Swallows everything in both directions, new connections too, until `heal`; what was swallowed stays lost. */
  blackHole(): void;
  heal(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  const traps: { word: string; sprung(): void }[] = [];
  let swallowing = false;

  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    let lose: (() => void) | undefined;
    const cut = (): void => {
      for (const socket of pair) socket.destroy();
      pairs.delete(pair);
    };
    for (const socket of pair) {
      socket.on('error', cut);
      socket.on('close', () => {
        if (!swallowing) cut();
      });
    }
    client.on('data', (bytes) => {
      if (swallowing) return;
      const at = traps.findIndex(({ word }) => bytes.includes(word));
      if (at >= 0) lose = traps.splice(at, 1)[0]?.sprung;
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (swallowing) return;
      if (!lose) return void client.write(bytes);
      cut();
      lose();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');

  return {
    port: address.port,
    through(url) {
      const through = new URL(url);
      through.hostname = '127.0.0.1';
      through.port = String(address.port);
      return through.href;
    },
    loseReplyTo: (word) => new Promise((resolve) => traps.push({ word, sprung: resolve })),
    blackHole() {
      swallowing = true;
    },
    heal() {
      swallowing = false;
      // What was swallowed is missing in the middle of a conversation: such a connection is of no use.
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    },
    async close() {
      swallowing = false;
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
    },
  };
}
