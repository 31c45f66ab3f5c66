import { afterAll } from '@jest/globals';
import { Client } from 'pg';
import { startPostgres } from '../../scripts/services/postgres.mjs';
import { createPrivateFolder } from '../../scripts/services/private-folder.mjs';
import { processTable } from '../../scripts/services/process-table.mjs';

export interface OwnPostgres {
  /** The same over restarts. */
  readonly url: string;
  readonly port: number;
  /** Fast shutdown: clients are told. */
  stop(): Promise<void>;
  /** SIGKILL of all of it. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Nothing is answered and nothing is refused, as on a host that hangs. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** A server that this test may stop, kill and freeze; ends with the test file. */
export async function startOwnPostgres({ args = [] }: { args?: string[] } = {}): Promise<OwnPostgres> {
  const folder = await createPrivateFolder('reviver-test');
  const first = await startPostgres({ dir: folder.path, args });
  const { url, port } = first;
  let server: typeof first | undefined = first;
  let frozen: number[] = [];
  const own: OwnPostgres = {
    url,
    port,
    async stop() {
      await own.thaw();
      await server?.stop();
      server = undefined;
    },
    async kill() {
      for (const pid of await tree(server?.pid)) signal(pid, 'SIGKILL');
      await own.stop();
    },
    async start() {
      server ??= await startPostgres({ dir: folder.path, port, args });
    },
    async freeze() {
      // The postmaster first, so that no new backend comes while the others are looked for.
      if (server) signal(server.pid, 'SIGSTOP');
      frozen = await tree(server?.pid);
      for (const pid of frozen) signal(pid, 'SIGSTOP');
    },
    async thaw() {
      for (const pid of frozen.reverse()) signal(pid, 'SIGCONT');
      frozen = [];
    },
    async query<Row extends object>(text: string, values: unknown[] = []) {
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        return (await client.query<Row>(text, values)).rows;
      } finally {
        await client.end();
      }
    },
  };
  OPEN.add(async () => {
    await own.stop();
    await folder.remove();
  });
  return own;
}

const OPEN = new Set<() => Promise<void>>();
afterAll(async () => {
  for (const close of OPEN) await close();
  OPEN.clear();
}, 60_000);

async function tree(pid: number | undefined): Promise<number[]> {
  if (pid === undefined) return [];
  const rows = await processTable();
  return [pid, ...rows.filter((row) => row.ppid === pid).map((row) => row.pid)];
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
