import { Readable } from 'node:stream';
import type { ActionContext, BackupCatalog } from '../../../../src/engine/actions/action.js';
import type { Service } from '../../../../src/engine/model/service.js';
import type { Runtime, RuntimeStatus } from '../../../../src/engine/runtimes/runtime.js';
import { NO_SNAPSHOTS } from '../../../support/builders.js';

export const NO_BACKUPS: BackupCatalog = {
  list: async () => [],
  begin: () => Promise.reject(new Error('no backups here')),
  opened: () => Promise.reject(new Error('no backups here')),
  data: () => Readable.from([]),
  service: () => undefined,
  names: () => [],
};

/** The rim of an action: everything refuses but what a test gives. */
export function contextWith(given: Partial<ActionContext> = {}): ActionContext {
  const refuse = (): never => {
    throw new Error('this test gives no such thing');
  };
  return {
    signal: new AbortController().signal,
    log: () => {},
    runKey: 'R-1/0',
    mark: 'R-1/0@test',
    service: refuse,
    services: () => [],
    runtime: refuse,
    monitored: refuse,
    care: { list: refuse, hasten: refuse },
    docker: { ask: refuse },
    clusters: refuse,
    step: () => undefined,
    exec: refuse,
    backups: NO_BACKUPS,
    snapshots: NO_SNAPSHOTS,
    breakers: { open: refuse, reset: refuse, look: refuse },
    dataDir: '/nowhere',
    notify: refuse,
    now: () => new Date('2026-11-22T04:26:00Z'),
    ...given,
  };
}

export function serviceWith(given: Partial<Service> = {}): Service {
  return {
    name: 'redis',
    runtime: 'process',
    health: [],
    recoveryStrategies: [],
    maxRecoveryAttempts: 3,
    criticality: 'medium',
    priority: 5,
    dependsOn: [],
    ...given,
  };
}

export function running(pid: number): RuntimeStatus {
  return { status: 'running', instance: `${pid}@boot:1`, summary: `pid ${pid}`, facts: { pid } };
}

export const STOPPED: RuntimeStatus = { status: 'stopped', instance: null, summary: 'not running', facts: {} };

/** A service as pure state: each start is a new pid. `calls` tells what was done to it. */
export function runtimeIn(state: RuntimeStatus): { runtime: Runtime; calls: string[] } {
  const calls: string[] = [];
  let now = state;
  let nextPid = 9000;
  return {
    calls,
    runtime: {
      name: 'process',
      status: async () => now,
      async stop() {
        calls.push('stop');
        now = STOPPED;
        return now;
      },
      async start() {
        calls.push('start');
        nextPid += 1;
        if (now.instance === null) now = running(nextPid);
        return now;
      },
      logs: async () => [],
    },
  };
}
