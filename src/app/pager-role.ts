import { z } from 'zod';
import { createOutboxSender, type Send } from '../bot/outbox.js';
import type { EnginePorts } from '../engine/create-engine.js';
import type { Escalations } from '../engine/escalation/escalations.js';
import type { Signals } from '../jobs/signals.js';
import { createOutboxStore } from '../store/outbox-store.js';
import type { Pool } from '../store/pool.js';
import type { Closing } from './closing.js';
import type { NodeOptions } from './node-options.js';
import { createSendPage } from './pages.js';
import { unlessSilenced } from './unless-silenced.js';

export interface PagerRoleParts {
  ports: Pick<EnginePorts, 'store' | 'services' | 'incidents' | 'log'> & { escalations: Escalations };
  installation: string;
  signals: Pick<Signals, 'onChanged'>;
  closing: Closing;
  pool: Pool;
}

const POLL_MS = 1_000;
/** Longer than the slowest pager is waited for; a page that died with its process leaves so much later. */
const LEASE_MS = 25_000;

const escalation = z.object({
  recovery: z.int().optional(),
  incident: z.int().optional(),
  service: z.string(),
  code: z.string(),
  reason: z.string(),
});

/**
 * Calls for people. It has a sender of its own, in every process that is not a worker alone: pages must leave also when chat
 * hangs, or when the process that serves chat is gone.
 */
export function startPagerRole(options: NodeOptions, parts: PagerRoleParts): void {
  const { ports, installation, closing, pool, signals } = parts;
  const ending = new AbortController();
  const sendPage = createSendPage({
    settings: options.escalation,
    escalations: ports.escalations,
    services: ports.services,
    installation,
    secrets: options.secrets,
    signal: ending.signal,
  });
  const sender = createOutboxSender({
    store: createOutboxStore(pool),
    sends: new Map([
      [
        'escalation',
        unlessSilenced(
          createRaise(ports, () => sender.wake()),
          ports,
        ),
      ],
      ['page', sendPage],
    ]),
    log: options.log,
    pollMs: POLL_MS,
    leaseMs: LEASE_MS,
  });
  sender.start();
  signals.onChanged(() => sender.wake());
  closing.add('pagers', async () => {
    ending.abort();
    await sender.stop();
  });
}

/** A reason more is said in chat, also when its escalation is there already: whoever looks after it must know. */
export function createRaise(
  {
    store,
    escalations,
  }: { store: Pick<EnginePorts['store'], 'record'>; escalations: Pick<Escalations, 'raise' | 'stages'> },
  raised: () => void,
): Send {
  return async (row) => {
    const { recovery, incident, ...reason } = escalation.parse(row.payload);
    const {
      escalation: found,
      created,
      fresh,
    } = await escalations.raise({
      key: row.key,
      ...reason,
      ...(recovery === undefined ? {} : { recovery }),
      ...(incident === undefined ? {} : { incident }),
    });
    const chats = escalations.stages(found).some(({ notify }) => notify.includes('chat'));
    if (fresh && !created && chats) {
      const payload = { escalation: found.id, reason: reason.reason, code: reason.code };
      await store.record(null, [], [{ key: `${row.key}:chat`, kind: 'chat.call', payload }]);
    }
    raised();
  };
}
