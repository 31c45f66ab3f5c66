import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../scripts/services/free-port.mjs';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { type RedisServer, startRedis } from '../../scripts/services/redis.mjs';
import { askRedis } from './ask-redis.js';
import { closingWithFile } from './closing-with-file.js';
import { eventually } from './eventually.js';

export interface RedisCluster {
  /** REDIS_URL of it. */
  url: string;
  /** SIGKILL of the node that has this key. */
  kill(key: string): Promise<void>;
  /** Starts what was killed, at its place, and waits until the cluster is whole. */
  mend(): Promise<void>;
}

const SLOTS = 16_384;
/** A node listens for the others 10,000 ports above its own. */
const BUS_ABOVE = 10_000;

/** Three masters that share the slots; they end with the test file. */
export async function startCluster(): Promise<RedisCluster> {
  const folder = await createPrivateFolder('reviver-test');
  const nodes = new Map<number, RedisServer | undefined>();
  closingWithFile(async () => {
    await Promise.all([...nodes.values()].map((server) => server?.stop()));
    await folder.remove();
  });
  const start = async (port: number): Promise<void> => {
    const dir = join(folder.path, String(port));
    await mkdir(dir, { recursive: true });
    const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000'];
    nodes.set(port, await startRedis({ dir, port, args }));
  };
  for (let n = 0; n < 3; n++) await start(await portWithBus());
  const ports = [...nodes.keys()];
  const urlOf = (port: number | undefined): string => `redis://127.0.0.1:${port}`;
  const whole = (): Promise<void> =>
    eventually(
      async () => {
        for (const port of ports) {
          const info = String(await askRedis(urlOf(port), 'CLUSTER', 'INFO'));
          if (!info.includes('cluster_state:ok') || !info.includes('cluster_known_nodes:3'))
            throw new Error(`${port}: ${info.split('\n')[0]}`);
        }
      },
      { timeoutMs: 20_000 },
    );
  for (const [place, port] of ports.entries()) {
    const from = Math.floor((SLOTS * place) / 3);
    const to = Math.floor((SLOTS * (place + 1)) / 3);
    const slots = Array.from({ length: to - from }, (_, n) => String(from + n));
    await askRedis(urlOf(port), 'CLUSTER', 'ADDSLOTS', ...slots);
    if (place > 0) await askRedis(urlOf(port), 'CLUSTER', 'MEET', '127.0.0.1', String(ports[0]));
  }
  await whole();
  return {
    url: `redis+cluster://${ports.map((port) => `127.0.0.1:${port}`).join(',')}`,
    async kill(key) {
      const slot = Number(await askRedis(urlOf(ports[0]), 'CLUSTER', 'KEYSLOT', key));
      const port = ports[Math.min(2, Math.floor((slot * 3 + 2) / SLOTS))];
      const server = nodes.get(port ?? 0);
      if (!server) throw new Error(`the node of ${key} is dead already`);
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
      nodes.set(server.port, undefined);
    },
    async mend() {
      for (const [port, server] of nodes) if (!server) await start(port);
      await whole();
    },
  };
}

async function portWithBus(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port + BUS_ABOVE <= 65_535) return port;
  }
}
