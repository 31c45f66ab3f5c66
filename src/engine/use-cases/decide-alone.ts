import { AUTOMATIC, type AutoRecoverStore, HOUR_MS, learned, rulesOf } from '../auto-recover/view.js';
import type { AutoAnswer, Engine } from '../engine.js';
import { UserError } from '../model/errors.js';
import type { Principal } from '../model/person.js';
import type { Service } from '../model/service.js';
import { mayStart, NOT_SET } from './may-start.js';

export interface DecidePorts {
  engine: Pick<Engine, 'plan'>;
  autoRecover: AutoRecoverStore;
}

/** Whether a recovery of this service begins without a click; one that is not trusted yet says what it would have done. */
export async function decideAlone(
  service: Service,
  who: Principal,
  { engine, autoRecover }: DecidePorts,
): Promise<AutoAnswer> {
  if (service.autoRecover === undefined) return { ...NOT_SET, shadow: false };
  try {
    const { plan } = await engine.plan({ service: service.name }, who);
    const lately = await autoRecover.startedLately(service.name, AUTOMATIC, HOUR_MS);
    const { start, because } = await mayStart(service, plan, lately);
    if (!start) return { start, shadow: false, plan: plan.name, because };
    const { stage, verified, why } = await learned(service, autoRecover);
    if (stage === 'live') return { start, shadow: false, plan: plan.name, because };
    const trust = `in shadow mode, ${why}: ${verified} of ${rulesOf(service).promoteAfter} verified runs`;
    return { start: false, shadow: true, plan: plan.name, because: trust };
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'unavailable') throw error;
    return { start: false, shadow: false, because: error.message };
  }
}
