import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { IncomingAlert } from '../../engine/alerts/incoming.js';
import { UserError } from '../../engine/model/errors.js';
import type { Read } from './read.js';

const texts = z
  .record(z.string(), z.unknown())
  .transform((given) =>
    Object.fromEntries(
      Object.entries(given).flatMap(([key, value]) =>
        value === null || value === undefined ? [] : [[key, typeof value === 'string' ? value : JSON.stringify(value)]],
      ),
    ),
  );

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** Alertmanager's webhook, version 4, and Grafana's, which has the same form with more fields. Unknown fields are none of ours. */
const group = z.looseObject({
  alerts: z.array(z.unknown()),
  groupLabels: texts.default({}),
});

const alert = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts.default({}),
  startsAt: moment.optional(),
  endsAt: moment.optional(),
  fingerprint: z.string().min(1).max(200).optional(),
});

/** Reads a group. Nothing is inferred from what is not in it: `truncatedAlerts` may have cut it off. */
export function readGroup(source: 'alertmanager' | 'grafana'): Read {
  return (body) => {
    const read = group.safeParse(body);
    if (!read.success)
      throw new UserError(
        'invalid_input',
        `This is no webhook of ${source}: it needs "alerts", a list. A payload of one's own goes to /webhooks/generic.`,
        { field: 'alerts' },
      );
    const { alerts, groupLabels } = read.data;
    const known = alerts.flatMap((one) => {
      const { success, data } = alert.safeParse(one);
      return success ? [toAlert(source, data, groupLabels)] : [];
    });
    const unreadable = alerts.length - known.length;
    if (known.length === 0 && unreadable > 0)
      throw new UserError(
        'invalid_input',
        'None of the alerts can be read: each needs "status" (firing or resolved) and "labels".',
        { field: 'alerts' },
      );
    return { alerts: known, unreadable };
  };
}

function toAlert(
  source: string,
  { status, labels, annotations, startsAt, endsAt, fingerprint }: z.output<typeof alert>,
  groupedBy: Record<string, string>,
): IncomingAlert {
  return {
    source,
    fingerprint: fingerprint ?? fingerprintOf(labels),
    name: labels.alertname || 'alert without a name',
    status,
    labels,
    says: annotations.summary || annotations.description || annotations.message || '',
    groupedBy,
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(status === 'resolved' && endsAt !== undefined && endsAt.getTime() > 0 ? { endsAt } : {}),
  };
}

/** What makes an alert that alert are its labels. */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 32);
}
