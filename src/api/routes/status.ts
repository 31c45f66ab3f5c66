import type { Engine } from '../../engine/engine.js';
import { ROLES } from '../../engine/model/person.js';
import { ACTIVE_STATES, type Recovery } from '../../engine/model/recovery.js';
import { coalesced } from '../coalesced.js';
import { statusJson, toStatusJson } from '../json/status.js';
import { NO_INPUT, type Route, route } from '../route.js';

/** At most a hundred looks a second, however many ask and how: each costs the database eight questions. */
const LOOK_GAP_MS = 10;

/** Boards and programs ask often and at once: those who ask at the same time share a look, and its text. */
export function statusRoute(engine: Engine, constitutionalHash: string): Route {
  const look = coalesced(async () => {
    const status = await engine.status();
    const recoveries = [...status.recent, ...(await activeOnes(engine, status.services))];
    return JSON.stringify(toStatusJson(status, engine.services(), recoveries, constitutionalHash, new Date()));
  }, LOOK_GAP_MS);
  return route({
    ...NO_INPUT,
    method: 'get',
    path: '/status',
    operation: 'status',
    summary: 'Services, their health and recoveries, and what happened lately',
    access: ROLES,
    answers: { 200: { description: 'The state of everything', schema: statusJson } },
    errors: ['unavailable'],
    handle: async () => ({ status: 200, text: await look(), type: 'application/json; charset=utf-8' }),
  });
}

async function activeOnes(engine: Engine, services: Record<string, { recovery: string }>): Promise<Recovery[]> {
  if (!Object.values(services).some(({ recovery }) => ACTIVE_STATES.some((state) => state === recovery))) return [];
  return (await engine.list({ states: [...ACTIVE_STATES], limit: 200 })).map((view) => view.recovery);
}
