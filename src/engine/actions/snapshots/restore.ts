import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyDurably } from '../../backups/durable-files.js';
import { checkService } from '../../health/check-service.js';
import type { Overlay, RuntimeStatus } from '../../runtimes/runtime.js';
import type { Snapshot, SnapshotPart } from '../../snapshots/snapshot.js';
import { type ActionContext, ActionError } from '../action.js';
import { pollHealth } from '../poll-health.js';
import { exchangeDatabases } from '../postgres-data/exchange.js';
import { asideFolder, asideName, setAside } from '../redis-data/aside.js';
import { readJournal, writeJournal } from '../redis-data/journal.js';
import { dataNames, type RedisLayout, redisLayout } from '../redis-data/layout.js';
import { overlayOf } from '../redis-data/overlay.js';
import { formFor, placeDump } from '../redis-data/place.js';
import { requireStopped } from '../redis-data/require-stopped.js';
import { pushState } from '../terraform/state.js';
import type { Subject } from './part.js';
import { postgresFacts, postgresFolder, postgresUrl } from './postgres-part.js';
import { redisDump, redisFacts } from './redis-part.js';
import { terraformFacts, terraformFile } from './terraform-part.js';

/** What of an opened snapshot is brought back, and whether the data stay as they are now. */
export interface Chosen {
  parts: ReadonlySet<SnapshotPart>;
  presentData: boolean;
}

export interface Restored {
  status: RuntimeStatus;
  /** For people, one line each: where what was there before is kept. */
  aside: string[];
}

/** The parts of an opened snapshot, one after the other: what the service runs in, its data, the state about it. */
export async function restore(
  { service, runtime }: Subject,
  { facts }: Snapshot,
  { parts, presentData }: Chosen,
  folder: string,
  ctx: ActionContext,
): Promise<Restored> {
  const aside: string[] = [];
  let status = await runtime.status(ctx.signal);
  const layout = redisFacts.safeParse(facts.redis).data?.layout ?? undefined;
  if (presentData) {
    if (!runtime.snapshot?.restoreAround) throw allIsData(service.name, runtime.name);
    status = await runtime.snapshot.restoreAround(folder, ctx.signal, ctx.mark);
  } else if (parts.has('runtime') && runtime.snapshot) {
    const overlay = parts.has('redis') ? await redisOverlay(service.name, layout, folder) : undefined;
    status = await runtime.snapshot.restore(folder, ctx.signal, ctx.mark, overlay);
  } else if (parts.has('redis')) {
    aside.push(await restoreRedis({ service, runtime }, folder, ctx));
    status = await runtime.start(ctx.signal);
  }
  if (parts.has('postgres')) {
    if (status.status !== 'running') status = await runtime.start(ctx.signal);
    aside.push(...(await restorePostgres({ service, runtime }, facts.postgres, folder, ctx)));
  }
  if (parts.has('terraform')) {
    const { dir } = terraformFacts.parse(facts.terraform);
    const serial = await pushState(ctx, dir, await readFile(terraformFile(folder), 'utf8'), folder);
    aside.push(`the Terraform state of ${dir} is the one that was kept, now as serial ${serial}`);
  }
  return { status, aside };
}

export function allIsData(service: string, runtime: string): ActionError {
  return new ActionError(
    `${service} cannot be brought back around its present data: of a service with the runtime ${runtime} it is not known what is data. Nothing was changed; with data: kept its files come back as they were, too.`,
    { code: 'all_is_data', retryable: false },
  );
}

async function redisOverlay(service: string, layout: RedisLayout | undefined, folder: string): Promise<Overlay> {
  if (layout) return overlayOf(layout, redisDump(folder), join(folder, 'redis', 'overlay'));
  throw new ActionError(
    `It is not known where ${service} keeps its data: its Redis did not tell its settings when the snapshot was taken. Nothing was changed; restore it without its data by only: [runtime].`,
    { code: 'no_data_dir', retryable: false },
  );
}

/** As restore_backup does it: the files are exchanged while it is stopped, and those from before are kept. */
async function restoreRedis({ service, runtime }: Subject, folder: string, ctx: ActionContext): Promise<string> {
  const layout = await redisLayout(service);
  await runtime.stop(ctx.signal);
  await requireStopped(service.name, ctx);
  const aside = asideFolder(layout.folder, asideName(ctx.runKey));
  const temporary = join(layout.folder, `${layout.dump}.part`);
  await copyDurably(redisDump(folder), temporary, ctx.signal);
  await setAside(layout.folder, aside, dataNames(layout), 'snapshot');
  const journal = await readJournal(aside);
  await placeDump(layout, temporary, formFor(layout, journal?.had ?? []));
  if (journal) await writeJournal(aside, { ...journal, state: 'restored' });
  return `the data from before is kept in ${aside}`;
}

/** How long a server may take until it serves. */
const SERVES_WITHIN_MS = 60_000;

async function restorePostgres(
  { service }: Subject,
  facts: unknown,
  folder: string,
  ctx: ActionContext,
): Promise<string[]> {
  const { major, databases } = postgresFacts.parse(facts);
  const server = { ...service, health: service.health.filter(({ type }) => type === 'postgres') };
  const ask = async () =>
    (await checkService(server, ctx.signal)) ?? { healthy: true, detail: 'no health check', durationMs: 0 };
  await pollHealth(service.name, ask, { forMs: SERVES_WITHIN_MS, pauseMs: 1_000, firstPauseMs: 100 }, ctx.signal);
  const dumps = databases.map(({ file, ...one }) => ({ ...one, dump: join(postgresFolder(folder), file) }));
  const aside = await exchangeDatabases(postgresUrl(service) ?? '', major, dumps, ctx);
  return [`what was there before is kept as the database ${aside.join(', ')}; drop it when nobody needs it`];
}
