import type { EnginePorts } from '../engine/create-engine.js';
import type { HousekeepingJob } from '../engine/housekeeping/job.js';
import { UserError } from '../engine/model/errors.js';
import type { Principal } from '../engine/model/person.js';
import { recoveryName } from '../engine/model/recovery.js';
import type { Service } from '../engine/model/service.js';
import { freezesAt } from '../engine/planner/freeze/freeze.js';
import { maintenanceNow } from '../engine/use-cases/maintenance.js';
import { createMakePlan } from '../engine/use-cases/make-plan.js';
import { recover } from '../engine/use-cases/recover.js';

/** Asks, and never approves. */
const SCHEDULE: Principal = { name: 'schedule', roles: ['responder'], human: false, via: 'schedule' };

/**
 * Asks for a drill of each service that allows it; its card waits in the incidents channel for somebody to approve. A
 * repeated turn finds those that it has asked for already.
 */
export function drillJob(engine: EnginePorts): HousekeepingJob {
  const ports = { ...engine, makePlan: createMakePlan(engine) };
  return {
    name: 'drills',
    // Source: issue of the disaster recovery document, quarterly; a Tuesday at ten finds people at work.
    cron: '0 10 * 1,4,7,10 2#1',
    timeoutMs: 10 * 60_000,
    async run({ signal, now }) {
      const asked: string[] = [];
      const leftOut: string[] = [];
      for (const service of ports.services().filter(({ drillAllowed }) => drillAllowed)) {
        signal.throwIfAborted();
        const why = await unwanted(service, engine, now());
        if (why === undefined) {
          const came = await ask(service, ports);
          if (came.recovery !== undefined) asked.push(`${service.name} ${came.recovery}`);
          else leftOut.push(`${service.name}: ${came.why}`);
        } else leftOut.push(`${service.name}: ${why}`);
      }
      return { summary: inWords(asked, leftOut), asked, left_out: leftOut };
    },
  };
}

/** Why now is not the time. */
async function unwanted({ name }: Service, engine: EnginePorts, now: Date): Promise<string | undefined> {
  const [freeze] = freezesAt(engine.policy.raises.freezes, name, now);
  if (freeze) return `the freeze ${freeze.name} holds until ${freeze.until}`;
  const maintained = (await maintenanceNow(engine)).some(({ service }) => service === name);
  return maintained ? 'it is in maintenance' : undefined;
}

async function ask(
  service: Service,
  ports: Parameters<typeof recover>[3],
): Promise<{ recovery: string; why?: never } | { recovery?: never; why: string }> {
  const request = { service: service.name, drill: true as const, reason: 'the drill of this quarter' };
  try {
    const { snapshot } = await recover(request, SCHEDULE, { platform: SCHEDULE.via }, ports);
    return { recovery: recoveryName(snapshot.recovery.id) };
  } catch (error) {
    // What stands against one service says nothing of the others; without the database there are none.
    if (!(error instanceof UserError) || error.code === 'unavailable') throw error;
    return { why: error.message };
  }
}

function inWords(asked: readonly string[], leftOut: readonly string[]): string {
  if (asked.length + leftOut.length === 0) return 'no service allows drills';
  const one = asked.length > 0 ? `asked for: ${asked.join(', ')}` : 'nothing was asked for';
  return leftOut.length > 0 ? `${one}; left out: ${leftOut.join('; ')}` : one;
}
