import { z } from 'zod';
import type { IncomingAlert } from '../../engine/alerts/incoming.js';
import type { AlertMapping, Place } from '../../engine/alerts/mapping.js';
import { UserError } from '../../engine/model/errors.js';
import { evaluated } from '../../engine/planner/expressions.js';
import { fingerprintOf } from './alertmanager.js';
import { at } from './pointer.js';
import type { Read } from './read.js';

type Field = Exclude<keyof AlertMapping, 'alerts'>;

/** Usual names, the first that is there. */
const USUAL: Readonly<Record<Field, readonly Place[]>> = {
  fingerprint: ['/fingerprint', '/id', '/alert_id', '/key'],
  name: ['/name', '/title', '/alertname', '/alert', '/labels/alertname'],
  status: ['/status', '/state'],
  service: ['/service', '/labels/service'],
  severity: ['/severity', '/priority', '/level', '/labels/severity'],
  says: ['/summary', '/message', '/description', '/text'],
  labels: ['/labels', '/tags'],
  startsAt: ['/starts_at', '/startsAt', '/started_at'],
  endsAt: ['/ends_at', '/endsAt', '/ended_at'],
};

const OVER = new Set([
  'resolved',
  'ok',
  'closed',
  'up',
  'recovered',
  'recovery',
  'normal',
  'clear',
  'cleared',
  'inactive',
  'false',
  '0',
]);

/** A program's own JSON, by the mapping of the configuration. */
export const readGeneric: Read = async (body, { header, generic }) => {
  const { name: source = 'generic', mapping = {} } = generic ?? {};
  const list = mapping.alerts === undefined ? [body] : await found(mapping.alerts, { body, alert: body });
  if (!Array.isArray(list))
    throw new UserError('invalid_input', `There is no list of alerts at ${mapping.alerts}.`, { field: 'alerts' });
  const read = await Promise.all(list.map((alert) => toAlert(`generic:${source}`, alert, body, mapping)));
  const alerts = read.flatMap((one) => one ?? []);
  if (alerts.length === 0 && list.length > 0)
    throw new UserError(
      'invalid_input',
      'No alert can be read: each needs a name (or title). Say where it is in alerts.generic.mapping.',
      { field: 'name' },
    );
  const key = header('idempotency-key');
  return {
    alerts,
    unreadable: list.length - alerts.length,
    ...(key === undefined ? {} : { delivery: key.slice(0, 200) }),
  };
};

async function toAlert(
  source: string,
  alert: unknown,
  body: unknown,
  mapping: AlertMapping,
): Promise<IncomingAlert | undefined> {
  const field = async (name: Field): Promise<unknown> => {
    const places = mapping[name] === undefined ? USUAL[name] : [mapping[name]];
    for (const place of places) {
      const value = await found(place, { body, alert });
      if (value !== undefined && value !== null && value !== '') return value;
    }
    return undefined;
  };
  const word = async (name: Field) => textOf(await field(name));
  const name = await word('name');
  if (name === undefined) return undefined;
  const [service, severity, says = '', status = 'firing', startsAt, endsAt] = await Promise.all([
    ...[word('service'), word('severity'), word('says'), word('status')],
    ...[word('startsAt'), word('endsAt')],
  ]);
  const labels = labelsOf(await field('labels'));
  const fingerprint = (await word('fingerprint')) ?? fingerprintOf({ name, service: service ?? '', ...labels });
  return {
    source,
    name,
    labels,
    says,
    fingerprint: fingerprint.slice(0, 200),
    status: OVER.has(status.toLowerCase()) ? 'resolved' : 'firing',
    ...(service === undefined ? {} : { service }),
    ...(severity === undefined ? {} : { severity }),
    ...dated('startsAt', startsAt),
    ...dated('endsAt', endsAt),
  };
}

function dated<Key extends string>(key: Key, text: string | undefined): Partial<Record<Key, Date>> {
  if (text === undefined) return {};
  // A number is a Unix time, in seconds or in milliseconds.
  const number = Number(text);
  const date = new Date(Number.isFinite(number) ? (number < 1e11 ? number * 1_000 : number) : text);
  const entry: Partial<Record<Key, Date>> = {};
  if (date.getTime() > 0) entry[key] = date;
  return entry;
}

/** What cannot be evaluated, such as a field that this alert lacks, is not there. */
async function found(place: Place, facts: { body: unknown; alert: unknown }): Promise<unknown> {
  if (place.startsWith('/')) return at(facts.alert, place);
  return evaluated(place, facts, 'alerts.generic.mapping').catch(() => undefined);
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const pairs = z.record(z.string(), z.unknown());

function labelsOf(given: unknown): Record<string, string> {
  const { success, data } = pairs.safeParse(given);
  return Object.fromEntries(Object.entries(success ? data : {}).map(([key, value]) => [key, textOf(value) ?? '']));
}
