import { createHash } from 'node:crypto';
import { redact } from '../model/redact.js';
import type { Service } from '../model/service.js';
import type { Alert } from './alert.js';
import type { IncomingAlert } from './incoming.js';
import { type MatchRule, saidService, serviceOf } from './service-of.js';
import { severityOf } from './severity.js';

export interface PreparePorts {
  services(): readonly Service[];
  match: readonly MatchRule[];
  now: () => Date;
}

/** What is kept of a text; cards show less. */
const MOST_TEXT = 2_000;
const MOST_LABELS = 64;

/** An alert with what this installation knows about it. Its texts lose their secrets here, before they are stored. */
export async function prepare(alert: IncomingAlert, { services, match, now }: PreparePorts): Promise<Alert> {
  const service = (await serviceOf(alert, services(), match)) ?? null;
  const said = saidService(alert);
  const at = now();
  return {
    source: alert.source,
    fingerprint: alert.fingerprint,
    group: groupOf(alert, service ?? said ?? ''),
    name: cut(alert.name, 200),
    service,
    about: service === null && said !== undefined ? cut(said, 120) : null,
    labels: Object.fromEntries(
      Object.entries(alert.labels)
        .slice(0, MOST_LABELS)
        .map(([label, value]) => [cut(label, 200), cut(value, 500)]),
    ),
    says: cut(alert.says, MOST_TEXT),
    severity: severityOf(alert.severity ?? alert.labels.severity),
    status: alert.status,
    // A clock that is ahead must not make all that follows late.
    startsAt: alert.startsAt && +alert.startsAt < +at ? alert.startsAt : at,
    endsAt: alert.endsAt ?? (alert.status === 'resolved' ? at : null),
  };
}

/**
 * The same for what its source groups together, whoever sends it and however it is routed: Alertmanager's own `groupKey`
 * changes with its routes.
 */
function groupOf({ name, groupedBy = {} }: IncomingAlert, service: string): string {
  const labels = Object.entries(groupedBy).sort(([a], [b]) => (a < b ? -1 : 1));
  const by = labels.length > 0 ? [labels, service] : [name, service];
  return `alerts:${createHash('sha256').update(JSON.stringify(by)).digest('hex').slice(0, 32)}`;
}

function cut(text: string, most: number): string {
  return Array.from(redact(text.slice(0, most * 2)))
    .slice(0, most)
    .join('');
}
