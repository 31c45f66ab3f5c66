import { deadline } from '../health/within.js';
import type { Log } from '../ports.js';
import type { Cluster } from '../runtimes/kubernetes/cluster.js';
import { listAndWatch, type NamedObject } from '../runtimes/kubernetes/list-watch.js';
import { KINDS, type Kind } from '../runtimes/kubernetes/place.js';
import type { Following } from './follow-docker.js';
import { ENABLE, type LabelledContainer } from './labels.js';

export interface FollowClusterOptions {
  cluster: Cluster;
  /** Of the kubeconfig; undefined: the current one. */
  context: string | undefined;
  /** All workloads with the label or annotation, first and after each change. */
  see(workloads: LabelledContainer[]): void;
  /** Looks again without having heard anything. Default 5 min. */
  resyncMs?: number;
  /** What was removed is told of more than once, since it counts as gone only after a while. */
  tellEveryMs: number;
  log: Log;
}

const RESYNC_MS = 5 * 60_000;
const FIRST_WITHIN_MS = 10_000;
const FOLLOWED: readonly Kind[] = ['deployment', 'statefulset', 'daemonset'];

/** Follows the workloads of a cluster that say of themselves that they are services. While it is away what was seen holds. */
export function followKubernetes(options: FollowClusterOptions): Following {
  const { cluster, context, see, resyncMs = RESYNC_MS, log } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const seen = new Map<Kind, LabelledContainer[]>();
  const asked = new Set<Kind>();
  let told = '';
  let allAsked = (): void => {};
  const all = new Promise<void>((resolve) => {
    allAsked = resolve;
  });

  const tell = (): void => {
    // Before all kinds were listed once, those of the others would be taken for gone.
    if (seen.size === FOLLOWED.length && !told) see([...seen.values()].flat());
  };
  const telling = setInterval(tell, options.tellEveryMs);
  const heard = (kind: Kind): void => {
    asked.add(kind);
    if (asked.size === FOLLOWED.length) allAsked();
  };
  const follow = (kind: Kind): Promise<void> =>
    listAndWatch(
      {
        cluster,
        plural: KINDS[kind].plural,
        resyncMs,
        see(objects) {
          if (told) log('info', 'the cluster answers again: services are discovered', { context: context ?? '' });
          told = '';
          seen.set(
            kind,
            objects.flatMap((object) => labelled(kind, object, context)),
          );
          tell();
          heard(kind);
        },
        failed(error) {
          const says = error instanceof Error ? error.message : String(error);
          if (!told)
            log('warn', 'the cluster cannot be looked at: discovered services stay as they were', { error: says });
          told = says;
          heard(kind);
        },
      },
      signal,
    );

  const done = Promise.all(FOLLOWED.map(follow));
  const patience = deadline(FIRST_WITHIN_MS, signal);
  const over = new Promise<void>((resolve) =>
    patience.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  const first = Promise.race([all, over]).finally(patience.clear);
  return {
    first,
    async stop() {
      clearInterval(telling);
      stopping.abort();
      await done;
    },
  };
}

function labelled(kind: Kind, { metadata }: NamedObject, context: string | undefined): LabelledContainer[] {
  const { uid, name, namespace, labels, annotations, creationTimestamp } = metadata;
  const said = { ...labels, ...annotations };
  if (said[ENABLE] === undefined) return [];
  const place = { namespace, kind, name, ...(context === undefined ? {} : { context }) };
  const created = Math.floor(Date.parse(creationTimestamp ?? '') / 1_000) || 0;
  return [{ id: uid, name, labels: said, created, kubernetes: place }];
}
