import { z } from 'zod';
import type { OutboxRow } from '../bot/chat-store.js';
import type { Send } from '../bot/outbox.js';
import type { EnginePorts } from '../engine/create-engine.js';
import type { Engine } from '../engine/engine.js';
import { UserError } from '../engine/model/errors.js';
import type { JsonObject } from '../engine/model/json.js';
import type { Person } from '../engine/model/person.js';
import { recoveryName } from '../engine/model/recovery.js';
import type { Log } from '../engine/ports.js';
import { answerClosing, answerOpening } from '../engine/use-cases/answer-opening.js';
import { askerOf } from '../engine/use-cases/same-request.js';
import { callForHelp } from './call-for-help.js';

const replan = z.object({ recovery: z.number().int(), changed: z.string() });
const resolved = z.object({ incident: z.number().int() });
const opened = z.object({ service: z.string(), reason: z.string() });
const closed = z.object({ service: z.string() });
const escalation = z.object({
  recovery: z.number().int().optional(),
  service: z.string(),
  code: z.string(),
  reason: z.string(),
});

/** Effects that are neither a message nor a page yet: each is one line in this table. */
export function effectSends(
  engine: Engine,
  ports: Pick<
    EnginePorts,
    'store' | 'people' | 'incidents' | 'services' | 'breakers' | 'maintenance' | 'plannedMaintenance' | 'now'
  >,
  log: Log,
): Map<string, Send> {
  return new Map<string, Send>([
    [
      'incident.resolve',
      async (row) => void (await ports.incidents.resolve({ id: resolved.parse(row.payload).incident })),
    ],
    [
      'breaker.opened',
      async ({ key, payload }) => answerOpening({ ...opened.parse(payload), key }, { ...ports, engine }),
    ],
    ['breaker.closed', async (row) => answerClosing(closed.parse(row.payload).service, ports)],
    ['recovery.replan', async (row) => replanned(row, engine, ports)],
    [
      'escalation',
      async (row) => {
        const { recovery, service, code, reason } = escalation.parse(row.payload);
        const name = recovery === undefined ? service : recoveryName(recovery);
        log('warn', 'escalated', { recovery: name, service, code, reason });
        const text = `${name} needs people: ${reason}. No pager is connected to this version; this channel is the last stop.`;
        const about =
          recovery === undefined ? {} : { recovery, call: await callOf(recovery, code, engine, ports.people) };
        await ports.store.record(
          null,
          [],
          [{ key: `${row.key}:chat`, kind: 'chat.message', payload: { ...about, text } }],
        );
      },
    ],
  ]);
}

async function callOf(id: number, code: string, engine: Engine, people: readonly Person[]): Promise<JsonObject> {
  const { people: names, ...call } = callForHelp(code, await engine.view(id), people);
  return { ...call, people: [...names] };
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
