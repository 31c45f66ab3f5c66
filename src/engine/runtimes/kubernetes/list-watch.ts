import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { deadline } from '../../health/within.js';
import type { Cluster } from './cluster.js';
import { ClusterRefusal, isForbidden } from './refusal.js';
import { itemsOf, metadata } from './schema.js';

/** What an object is called, and what is written on it; the rest is not even sent. */
const named = z.looseObject({ metadata });
export type NamedObject = z.output<typeof named>;

export interface ListWatch {
  cluster: Cluster;
  /** `deployments`, of all namespaces; where that is not allowed, of the context's own. */
  plural: string;
  /** Everything that is there, first and after each change. */
  see(objects: NamedObject[]): void;
  /** It cannot be looked at now; what was seen last holds. */
  failed(error: unknown): void;
  /** Lists anew without having missed anything. */
  resyncMs: number;
}

const RETRY_MS = 500;
const SLOWEST_RETRY_MS = 15_000;
const PAGE = 500;
/** The server ends a watch after this long; shorter than what proxies allow. */
const WATCH_S = 240;
/** The version from which it shall go on is forgotten. Source: Kubernetes documentation, "Efficient detection of changes". */
const GONE = 410;

/** Source: Kubernetes documentation, "API concepts", "Metadata-only fetches". */
const accept = (kind: string) => `application/json;as=${kind};v=v1;g=meta.k8s.io`;

/** Lists, then follows the changes, until `signal` aborts: lists again when the server has forgotten where it was. */
export async function listAndWatch(options: ListWatch, signal: AbortSignal): Promise<void> {
  let namespaced = false;
  for (let failures = 0; !signal.aborted; ) {
    try {
      const path = await pathOf(options, namespaced);
      const { known, version } = await list(options, path, signal);
      options.see([...known.values()]);
      failures = 0;
      await watch(options, path, { known, version }, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ClusterRefusal && error.status === GONE) continue;
      if (isForbidden(error) && !namespaced) {
        namespaced = true;
        continue;
      }
      options.failed(error);
      failures += 1;
      await delay(Math.min(SLOWEST_RETRY_MS, RETRY_MS * 2 ** failures), undefined, { signal }).catch(() => undefined);
    }
  }
}

async function pathOf({ cluster, plural }: ListWatch, namespaced: boolean): Promise<string> {
  return `/apis/apps/v1/${namespaced ? `namespaces/${await cluster.namespace()}/` : ''}${plural}`;
}

interface Known {
  known: Map<string, NamedObject>;
  version: string;
}

const page = z.object({
  metadata: z.object({ resourceVersion: z.string().default(''), continue: z.string().default('') }),
  items: itemsOf(named),
});

async function list({ cluster, plural }: ListWatch, path: string, signal: AbortSignal): Promise<Known> {
  const known: Known['known'] = new Map();
  for (let next = ''; ; ) {
    const query = { limit: PAGE, ...(next ? { continue: next } : {}) };
    const request = { path, query, accept: accept('PartialObjectMetadataList') };
    const { metadata: at, items } = await cluster.ask(`list ${plural}`, request, page, signal);
    for (const item of items) known.set(item.metadata.uid, item);
    next = at.continue;
    if (!next) return { known, version: at.resourceVersion };
  }
}

const change = z.object({
  type: z.string(),
  object: z.looseObject({ code: z.number().optional(), metadata: metadata.partial().optional() }),
});

/** Returns when it is time to list anew. */
async function watch(
  { cluster, plural, see, resyncMs }: ListWatch,
  path: string,
  from: Known,
  outer: AbortSignal,
): Promise<void> {
  const { known } = from;
  let { version } = from;
  const { signal, clear } = deadline(resyncMs, outer);
  const stop = new AbortController();
  const take = (line: string): void => {
    const { type, object } = change.parse(JSON.parse(line));
    if (type === 'ERROR') {
      stop.abort();
      return;
    }
    version = object.metadata?.resourceVersion ?? version;
    if (type === 'BOOKMARK') return;
    const { data } = named.safeParse(object);
    if (!data) return;
    if (type === 'DELETED') known.delete(data.metadata.uid);
    else known.set(data.metadata.uid, data);
    see([...known.values()]);
  };
  const until = AbortSignal.any([signal, stop.signal]);
  try {
    while (!until.aborted) {
      const query = {
        watch: true,
        resourceVersion: version,
        allowWatchBookmarks: true,
        timeoutSeconds: WATCH_S,
      };
      const request = { path, query, accept: accept('PartialObjectMetadata') };
      await cluster.lines(`follow ${plural}`, request, take, until);
    }
  } catch (error) {
    outer.throwIfAborted();
    if (!until.aborted) throw error;
  } finally {
    clear();
  }
}
