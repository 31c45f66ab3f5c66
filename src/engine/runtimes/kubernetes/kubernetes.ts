import { ActionError } from '../../actions/action.js';
import type { Service } from '../../model/service.js';
import type { Runtime, RuntimeStatus } from '../runtime.js';
import { sectionMissing } from '../section.js';
import type { Clusters } from './cluster.js';
import { lastLines } from './logs.js';
import { isTurnedOff } from './place.js';
import { turnedOff, turnedOn } from './power.js';
import { isGone, runs } from './progress.js';
import { proofOf } from './proof.js';
import { recreateAll } from './recreate.js';
import { rollingRestart } from './rollout.js';
import { kubernetesScale } from './scale.js';
import type { Workload } from './schema.js';
import { captureObjects } from './snapshot/capture.js';
import { restoreObjects } from './snapshot/restore.js';
import { statusOf } from './status.js';
import { until } from './wait.js';
import { change, findWorkload, podsOf, type Seen } from './workload.js';

/** Room for what a capture writes: an API server takes no object above 1.5 MiB, and a capture is a handful of them. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * A Deployment, StatefulSet or DaemonSet. Instances come and go here without any step: what a step has done is told by its
 * mark in the annotations of the object (`proof`).
 */
export function createKubernetesRuntime(service: Service, clusters: Clusters): Runtime {
  const { kubernetes: place } = service;
  if (!place) throw sectionMissing(service, 'kubernetes', 'namespace, kind and name');
  const cluster = clusters(place.context);
  const look = async (signal?: AbortSignal): Promise<Seen | undefined> => {
    const workload = await findWorkload(cluster, place, signal);
    return workload && { workload, pods: await podsOf(cluster, place, workload, signal) };
  };
  const status = async (signal?: AbortSignal): Promise<RuntimeStatus> => statusOf(place, await look(signal));

  const restore = async (folder: string, signal: AbortSignal, by: string): Promise<RuntimeStatus> =>
    statusOf(place, await restoreObjects(cluster, place, folder, { by, signal }));

  return {
    name: 'kubernetes',
    status,
    async stop(signal) {
      await change(cluster, place, 'stop', (found) => turnedOff(place, found), signal);
      return statusOf(place, await until(isGone, cluster, place, signal));
    },
    async start(signal) {
      const edit = (found: Workload): Workload | undefined =>
        isTurnedOff(place.kind, found) ? turnedOn(place, found) : undefined;
      await change(cluster, place, 'start', edit, signal);
      return statusOf(place, await until(runs, cluster, place, signal));
    },
    restart: async (signal, by) => statusOf(place, await rollingRestart(cluster, place, by, signal)),
    recreate: async (signal, by) => statusOf(place, await recreateAll(cluster, place, by, signal)),
    scale: kubernetesScale(service, place, cluster),
    snapshot: {
      measure: async () => MOST_BYTES,
      capture: (folder, signal) => captureObjects(cluster, place, folder, signal),
      async restore(folder, signal, by, overlay) {
        if (overlay) throw noOverlay(service.name);
        return restore(folder, signal, by);
      },
      // What is in volumes is no part of an object: it stays in any case.
      restoreAround: restore,
    },
    proof: async (deed, by, signal) => proofOf(deed, by, place, await look(signal)),
    logs: (lines) => lastLines(cluster, place, lines),
  };
}

function noOverlay(service: string): ActionError {
  return new ActionError(
    `The data of ${service} cannot be laid into its pods. Nothing was changed; restore the workload alone by data: present, and its data by restore_backup.`,
    { code: 'not_possible', retryable: false },
  );
}
