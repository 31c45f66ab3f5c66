import { z } from 'zod';
import type { OutboxRow } from '../bot/chat-store.js';
import type { Send } from '../bot/outbox.js';
import type { EnginePorts } from '../engine/create-engine.js';
import type { Engine } from '../engine/engine.js';
import { UserError } from '../engine/model/errors.js';
import { recoveryName } from '../engine/model/recovery.js';
import { answerIncident } from '../engine/use-cases/answer-incident.js';
import { answerClosing, answerOpening } from '../engine/use-cases/answer-opening.js';
import { askerOf } from '../engine/use-cases/same-request.js';

const replan = z.object({ recovery: z.number().int(), changed: z.string() });
const resolved = z.object({ incident: z.number().int(), recovery: z.number().int().optional() });
const incidentOpened = z.object({ incident: z.number().int() });
const opened = z.object({ service: z.string(), reason: z.string() });
const closed = z.object({ service: z.string() });

/** Effects that are neither a message nor a page: each is one line in this table. */
export function effectSends(
  engine: Engine,
  ports: Pick<
    EnginePorts,
    | 'store'
    | 'people'
    | 'incidents'
    | 'alerts'
    | 'autoRecover'
    | 'services'
    | 'breakers'
    | 'maintenance'
    | 'plannedMaintenance'
    | 'now'
  >,
): Map<string, Send> {
  return new Map<string, Send>([
    [
      'incident.resolve',
      async (row) => {
        const { incident: id, recovery } = resolved.parse(row.payload);
        await ports.incidents.resolve({ id, ...(recovery === undefined ? {} : { recovery }) });
      },
    ],
    [
      'incident.opened',
      async ({ payload }) => answerIncident(incidentOpened.parse(payload).incident, { ...ports, engine }),
    ],
    [
      'breaker.opened',
      async ({ key, payload }) => answerOpening({ ...opened.parse(payload), key }, { ...ports, engine }),
    ],
    ['breaker.closed', async (row) => answerClosing(closed.parse(row.payload).service, ports)],
    ['recovery.replan', async (row) => replanned(row, engine, ports)],
  ]);
}

/** What was asked about is out of date, and nothing ran: the same request is planned anew, on behalf of whoever asked. */
async function replanned(
  { key, payload }: OutboxRow,
  engine: Engine,
  { people, store }: Pick<EnginePorts, 'people' | 'store'>,
): Promise<void> {
  const { recovery: id } = replan.parse(payload);
  const { recovery } = await engine.view(id);
  try {
    await engine.act(id, 'retry', askerOf(recovery, people), { request: key });
  } catch (error) {
    // What is away comes back: the outbox tries again.
    if (!(error instanceof UserError) || error.code === 'unavailable') throw error;
    // Somebody started another one meanwhile: that is the answer, not a failure.
    if (error.code === 'conflict' && error.facts.recovery !== undefined) return;
    const name = recoveryName(id);
    const text = `${name} could not be planned anew: ${error.message} Nobody is asked now; retry ${name} once that is mended.`;
    await store.record(null, [], [{ key: `${key}:chat`, kind: 'chat.message', payload: { recovery: id, text } }]);
  }
}
