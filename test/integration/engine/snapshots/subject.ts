import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { ActionContext } from '../../../../src/engine/actions/action.js';
import { restoreSnapshot } from '../../../../src/engine/actions/restore-snapshot.js';
import { takeSnapshot } from '../../../../src/engine/actions/take-snapshot.js';
import type { BackupProof } from '../../../../src/engine/backups/proof.js';
import type { JsonObject } from '../../../../src/engine/model/json.js';
import type { StepResult } from '../../../../src/engine/model/plan.js';
import type { Service } from '../../../../src/engine/model/service.js';
import { createExec } from '../../../../src/engine/processes/exec.js';
import { createGuardian } from '../../../../src/engine/processes/guardian.js';
import type { DockerEngine } from '../../../../src/engine/runtimes/docker/engine.js';
import type { Runtime } from '../../../../src/engine/runtimes/runtime.js';
import { createRuntimes } from '../../../../src/engine/runtimes/runtimes.js';
import { createSnapshotCatalog } from '../../../../src/engine/snapshots/catalog.js';
import { proveSnapshot } from '../../../../src/engine/snapshots/prove.js';
import type { SnapshotStore } from '../../../../src/engine/snapshots/snapshot.js';
import { contextWith } from '../../../unit/engine/actions/context.js';

/** A service with everything that the actions of snapshots use, all of it real. */
export interface Kept {
  root: string;
  runtime: Runtime;
  snapshots: SnapshotStore;
  log: string[];
  context(runKey: string, given?: Partial<ActionContext>): ActionContext;
  take(runKey: string, more?: JsonObject, given?: Partial<ActionContext>): Promise<StepResult>;
  /** Of the newest one. */
  prove(): Promise<BackupProof>;
  /** As the engine does it: look, then run. */
  restore(runKey: string, more?: JsonObject): Promise<{ before: JsonObject; result: StepResult }>;
}

const guardian = createGuardian();
const OPEN = new Set<() => Promise<void>>();
afterAll(async () => {
  // What runs in a folder ends before the folder goes.
  try {
    for (const close of [...OPEN].reverse()) await close();
  } finally {
    await guardian.close();
  }
}, 60_000);

/** At the end of the test file, the last one first. */
export function atEnd(close: () => Promise<void>): void {
  OPEN.add(close);
}

/** A folder that goes with the test file. */
export async function freshRoot(prefix: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), prefix));
  OPEN.add(() => rm(root, { recursive: true, force: true }));
  return root;
}

let serial = 0;

export function keptService(
  service: Service,
  root: string,
  { docker, dir = join(root, 'snapshots') }: { docker?: DockerEngine; dir?: string } = {},
): Kept {
  const runtimes = createRuntimes(() => [service], { dataDir: join(root, 'reviver'), ...(docker ? { docker } : {}) });
  const snapshots = createSnapshotCatalog({
    dir,
    secretKey: '11'.repeat(32),
    retention: { days: 3, atLeast: 2, atMost: 20 },
  });
  const log: string[] = [];
  serial += 1;
  const mine = `${process.pid}${serial}`;
  const context: Kept['context'] = (runKey, given = {}) => {
    const signal = given.signal ?? AbortSignal.timeout(120_000);
    const exec = createExec(guardian)({ runKey: `${runKey}@${mine}`, signal });
    return contextWith({
      runKey,
      exec,
      service: () => service,
      runtime: (name) => runtimes(name, exec),
      snapshots,
      dataDir: root,
      log: (line) => log.push(line),
      now: () => new Date(),
      ...given,
      signal,
    });
  };
  const input = (more: JsonObject): JsonObject => ({ service: service.name, ...more });
  OPEN.add(async () => {
    const left = await runtimes(service.name)
      .status()
      .catch(() => undefined);
    if (left?.status === 'running') await runtimes(service.name).stop(AbortSignal.timeout(20_000));
  });
  return {
    root,
    runtime: runtimes(service.name),
    snapshots,
    log,
    context,
    take: async (runKey, more = {}, given = {}) => takeSnapshot.run(input(more), context(runKey, given), {}),
    async prove() {
      const [newest] = await snapshots.list(service.name);
      if (!newest) throw new Error('nothing was taken');
      return proveSnapshot(newest, { service, runtime: runtimes(service.name) }, snapshots, context('proof'));
    },
    async restore(runKey, more = {}) {
      const before = (await restoreSnapshot.look?.(input(more), context(runKey))) ?? {};
      return { before, result: await restoreSnapshot.run(input(more), context(runKey), before) };
    },
  };
}
