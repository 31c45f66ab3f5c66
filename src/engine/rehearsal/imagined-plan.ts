import type { Action, BackupCatalog } from '../actions/action.js';
import type { Constitution } from '../constitution/constitution.js';
import { NOTHING_KNOWN } from '../knowledge/look.js';
import type { JsonObject } from '../model/json.js';
import type { Plan } from '../model/plan.js';
import type { Service } from '../model/service.js';
import { createPlanner } from '../planner/planner.js';
import type { ApprovalPolicy } from '../planner/policy.js';
import type { Runbook } from '../planner/runbook.js';
import type { Strategy } from '../planner/strategies/strategy.js';
import type { SnapshotCatalog } from '../snapshots/snapshot.js';

/** What an installation is made of, as far as plans depend on it. */
export interface Installation {
  services: readonly Service[];
  runbooks: readonly Runbook[];
  actions: ReadonlyMap<string, Action>;
  strategies: ReadonlyMap<string, Strategy>;
  /** Backup name to its service; undefined: every name is a backup of the service that is asked about. */
  backups: Readonly<Record<string, { service: string }>> | undefined;
  pools: readonly string[];
  policy: ApprovalPolicy;
  constitution: Constitution;
}

/**
 * The plan of a runbook as it would be made if everything were there and well: by the real planner, without history, and
 * without a look at anything. What only the moment tells, such as which backup is the newest, stays a name.
 */
export function imaginedPlan(
  asked: { runbook: string; service: string; params: JsonObject },
  installation: Installation,
  /** Whether a freeze holds depends on it; absent: none does. */
  now = new Date(0),
): Promise<Plan> {
  const { services } = installation;
  const makePlan = createPlanner({
    ...installation,
    services: () => services,
    actions: withoutPins(installation.actions),
    backups: imaginedBackups(installation.backups, asked.service),
    snapshots: NO_SNAPSHOTS,
    past: async () => [],
    proofs: async () => undefined,
    look: async () => NOTHING_KNOWN,
    unhealthy: async () => new Set(),
    observe: async (names) =>
      names.map((service) => {
        const runtime = services.find(({ name }) => name === service)?.runtime ?? 'unknown';
        return { service, runtime, status: 'imagined', facts: {} };
      }),
    now: () => now,
  });
  return makePlan(asked, { name: 'you', roles: ['responder'] });
}

function withoutPins(actions: ReadonlyMap<string, Action>): ReadonlyMap<string, Action> {
  return new Map([...actions].map(([name, { pin: _, ...action }]) => [name, action]));
}

function imaginedBackups(known: Installation['backups'], service: string): BackupCatalog {
  return {
    list: async () => [],
    begin: nothing,
    opened: nothing,
    data: touchesNothing,
    service: (name) => (known ? known[name]?.service : service),
    names: () => Object.keys(known ?? {}),
  };
}

const NO_SNAPSHOTS: SnapshotCatalog = { list: async () => [], take: nothing, open: nothing, prune: async () => 0 };

async function nothing(): Promise<never> {
  return touchesNothing();
}

function touchesNothing(): never {
  throw new Error('an imagined plan touches nothing');
}
