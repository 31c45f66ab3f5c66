import type { EnginePorts } from '../create-engine.js';
import { UserError } from '../model/errors.js';
import type { Principal } from '../model/person.js';
import type { MakePlan } from '../planner/planner.js';
import { requireRole } from './authorise.js';
import { type StatusPorts, status } from './status.js';

/** One thing that the next request need not wait for. */
export interface Warmed {
  what: 'roles' | 'status' | 'rankings';
  /** How many: people, services, services that have a plan. */
  count: number;
  tookMs: number;
}

/**
 * Does once what the first command after a restart would wait for: reads who may do what, the state of everything, and
 * what ranks the plans of each service, and makes those plans. It has no effect, so it may be repeated. Source: disaster
 * recovery document, after Redis is back.
 */
export async function warmUp(
  who: Principal,
  ports: StatusPorts & Pick<EnginePorts, 'people'> & { makePlan: MakePlan },
): Promise<Warmed[]> {
  requireRole(who, ['admin'], 'warm the caches');
  return [
    await timed('roles', async () => ports.people.length),
    await timed('status', async () => {
      const seen = await status(ports);
      if (seen.postgres === 'down') throw away();
      return Object.keys(seen.services).length;
    }),
    await timed('rankings', async () => {
      let planned = 0;
      for (const { name } of ports.services()) if (await canBePlanned(name, who, ports)) planned += 1;
      return planned;
    }),
  ];
}

async function canBePlanned(service: string, who: Principal, { makePlan }: { makePlan: MakePlan }): Promise<boolean> {
  try {
    await makePlan({ service }, who);
    return true;
  } catch (error) {
    // That a service has no plan now is no news here.
    if (!(error instanceof UserError) || error.code === 'unavailable') throw error;
    return false;
  }
}

function away(): UserError {
  return new UserError('unavailable', 'The database is away, so nothing could be warmed. Try again when it is back.');
}

async function timed(what: Warmed['what'], count: () => Promise<number>): Promise<Warmed> {
  const beganAt = performance.now();
  return { what, count: await count(), tookMs: Math.round(performance.now() - beganAt) };
}
