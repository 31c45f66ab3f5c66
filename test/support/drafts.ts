import type { Plan } from '../../src/engine/model/plan.js';
import { NO_RETRY } from '../../src/engine/model/retry-policy.js';
import type { RecoveryDraft, WorkerIdentity } from '../../src/engine/ports.js';
import { aPlan } from './builders.js';

export function aDraft(service: string, over: Partial<RecoveryDraft> = {}, plan: Partial<Plan> = {}): RecoveryDraft {
  return {
    service,
    state: 'SCHEDULED',
    plan: aPlan({ service, ...plan }),
    requestDigest: `request of ${service}`,
    incidentId: null,
    requestedBy: 'Ann',
    reason: '',
    origin: { platform: 'api' },
    priority: 5,
    claims: [service],
    retry: NO_RETRY,
    timeoutMs: 300_000,
    wakeInMs: 0,
    retryOf: null,
    approval: null,
    events: [{ kind: 'recovery.created', actor: 'Ann', data: { service } }],
    effects: [],
    ...over,
  };
}

export function aWorker(id: string, over: Partial<WorkerIdentity> = {}): WorkerIdentity {
  return { id, host: 'here', pid: 1, startedAt: 'then', pools: ['default'], version: '0', ...over };
}
