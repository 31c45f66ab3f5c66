import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { type RedisServer, startRedis } from '../../scripts/services/redis.mjs';
import { askRedis } from './ask-redis.js';
import { closingWithFile } from './closing-with-file.js';
import { eventually } from './eventually.js';

export interface Sentinels {
  /** REDIS_URL of it. */
  url: string;
  /** The server that is master now, as the Sentinels say. */
  master(): Promise<RedisServer>;
  /** SIGKILL of the master; resolves when the Sentinels have made the other server master. */
  failOver(): Promise<void>;
}

const NAME = 'mymaster';
/** As quick as Sentinels can be without a mistake on a busy machine. */
const SETTINGS = ['down-after-milliseconds mymaster 1000', 'failover-timeout mymaster 4000'];

/** A master with a replica, and three Sentinels; they end with the test file. */
export async function startSentinels(): Promise<Sentinels> {
  const folder = await createPrivateFolder('reviver-test');
  const started: RedisServer[] = [];
  closingWithFile(async () => {
    await Promise.all(started.map((server) => server.stop()));
    await folder.remove();
  });
  const start = async (name: string, args: string[], config?: string): Promise<RedisServer> => {
    const dir = join(folder.path, name);
    await mkdir(dir);
    if (config !== undefined) await writeFile(join(dir, 'redis.conf'), config);
    const server = await startRedis({
      dir,
      args,
      ...(config === undefined ? {} : { config: join(dir, 'redis.conf') }),
    });
    started.push(server);
    return server;
  };
  const quick = ['--repl-diskless-sync-delay', '0'];
  const first = await start('a', quick);
  const second = await start('b', [...quick, '--replicaof', '127.0.0.1', String(first.port)]);
  await eventually(async () => expectIn(await askRedis(second.url, 'INFO', 'replication'), 'master_link_status:up'));
  const watch = [`sentinel monitor ${NAME} 127.0.0.1 ${first.port} 2`, ...SETTINGS.map((line) => `sentinel ${line}`)];
  const sentinels = await Promise.all(
    ['s1', 's2', 's3'].map((name) => start(name, ['--sentinel'], `${watch.join('\n')}\n`)),
  );
  for (const { url } of sentinels)
    await eventually(
      async () => {
        const known = await askRedis(url, 'INFO', 'sentinel');
        expectIn(known, 'slaves=1,sentinels=3');
      },
      { timeoutMs: 15_000 },
    );
  const masterPort = async (): Promise<number> => {
    const [, port] = [await askRedis(sentinels[0]?.url ?? '', 'SENTINEL', 'get-master-addr-by-name', NAME)].flat();
    return Number(port);
  };
  const master = async (): Promise<RedisServer> => {
    const port = await masterPort();
    const found = [first, second].find((server) => server.port === port);
    if (!found) throw new Error(`the Sentinels name a master on port ${port}, which is none of ours`);
    return found;
  };
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${NAME}`,
    master,
    async failOver() {
      const old = await master();
      process.kill(old.pid, 'SIGKILL');
      await eventually(async () => (await masterPort()) !== old.port, { timeoutMs: 20_000 });
    },
  };
}

function expectIn(text: unknown, word: string): void {
  if (!String(text).includes(word)) throw new Error(`no ${word} yet`);
}
