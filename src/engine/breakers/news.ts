import type { NewEffect, NewEvent } from '../model/recovery.js';
import type { Breaker } from './breaker.js';

export interface News {
  events: NewEvent[];
  effects: NewEffect[];
}

/**
 * What a change tells the world: an event for each change of state; an effect when calls opened it, which people are told of
 * and a recovery may follow, and one when it closed. `by` made the change.
 */
export function newsOf(service: string, from: Breaker, to: Breaker, revision: number, by: string): News {
  if (from.state === to.state && (from.state === 'closed' || from.since === to.since))
    return { events: [], effects: [] };
  const events = [{ kind: KINDS[to.state], actor: by, data: { service, from: from.state, ...factsOf(to) } }];
  return { events, effects: effectsOf(service, from, to, revision, by) };
}

const KINDS = { closed: 'breaker.closed', open: 'breaker.opened', half_open: 'breaker.half_open' } as const;

function factsOf(breaker: Breaker): NewEvent['data'] {
  if (breaker.state === 'closed') return {};
  const { reason, openings } = breaker;
  return {
    reason,
    openings,
    ...(breaker.state === 'open' ? { trial_at: breaker.trialAt && new Date(breaker.trialAt).toISOString() } : {}),
  };
}

function effectsOf(service: string, from: Breaker, to: Breaker, revision: number, by: string): NewEffect[] {
  const key = (kind: string) => `${kind}:${service}:${revision}`;
  if (from.state === 'closed' && to.state === 'open' && by === 'reviver')
    return [
      {
        key: key('breaker.opened'),
        kind: 'breaker.opened',
        payload: { service, reason: to.reason },
      },
    ];
  if (to.state === 'closed') return [{ key: key('breaker.closed'), kind: 'breaker.closed', payload: { service } }];
  return [];
}
