import { z } from 'zod';
import type { Send } from '../bot/outbox.js';
import type { EnginePorts } from '../engine/create-engine.js';

const reason = z.object({ service: z.string(), code: z.string(), reason: z.string() });

/** Nobody is called for what somebody has silenced. Who asks for people by hand means it. */
export function unlessSilenced(raise: Send, { incidents, log }: Pick<EnginePorts, 'incidents' | 'log'>): Send {
  return async (row) => {
    const { service, code, reason: why } = reason.parse(row.payload);
    const open = code === 'asked_by_person' ? undefined : await incidents.openFor(service);
    const silence = open && (await incidents.get(open.id))?.silence;
    if (silence) log('info', 'not escalated: silenced', { service, code, reason: why, by: silence.by });
    else await raise(row);
  };
}
