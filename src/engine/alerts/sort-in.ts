import type { Alert, Known, KnownAlert, KnownIncident, SortedIn, Taken } from './alert.js';

/**
 * A firing alert that comes after its own end may have been on its way for this long: Alertmanager sends a notification
 * again until its `group_interval` (5 min) is over. Later it means what it says. Source: Alertmanager, notify.RetryStage.
 */
export const LATE_MS = 10 * 60_000;

/** For so long after a recovery an alert may still fire without being news: whoever sends it looks again every few minutes. */
export const QUIET_MS = 10 * 60_000;

interface Row {
  alert: Alert;
  state: Alert['status'];
  startsAt: Date;
  /** When its end was told. */
  endTold: Date | null;
  times: number;
  incident: Place | null;
  /** `alert` is what was told now; else only the count grows. */
  told: boolean;
}

/** An incident as it becomes: one that is stored has a number. */
interface Place {
  id: number | null;
  group: string;
  service: string | null;
  /** undefined: it is not over. */
  resolvedAt: Date | undefined;
  own: readonly string[];
  silenced: boolean;
  firing: number;
  before: number;
  alerts: number;
  severity: number;
  first: Alert | null;
  ended: boolean;
}

/**
 * Where each alert of a batch belongs, in their order. One group is one incident; an alert about a service that has an open
 * incident of Reviver's own finding joins that one. What was told before, or comes after what followed it, changes nothing but its
 * count. Pure.
 */
export function sortIn(batch: readonly Alert[], known: Known, now: Date): SortedIn {
  const places = known.incidents.map(placeOf);
  const rows = new Map(known.alerts.map((alert) => [keyOf(alert), rowOf(alert, places)]));
  const told = new Map<string, Row>();
  const silenced = new Set(known.silenced);
  const taken = batch.map((alert) => {
    const key = keyOf(alert);
    const quiet = silenced.has(alert.group);
    const [what, row] = judge(alert, told.get(key) ?? rows.get(key), { places, quiet }, now);
    told.set(key, row);
    return what;
  });
  const opened = places.filter(({ id }) => id === null);
  return {
    taken,
    rows: [...told.values()].map(({ alert, state, startsAt, times, told: anew, incident }) => ({
      alert,
      state,
      startsAt,
      times,
      anew,
      incident: incident?.id ?? null,
      opened: incident && incident.id === null ? opened.indexOf(incident) : null,
    })),
    opened: opened.flatMap(({ group, first, severity, alerts, firing }) =>
      first ? [{ group, first, severity, alerts, firing }] : [],
    ),
    changed: places.flatMap(changeOf),
  };
}

type Judged = [Taken, Row];

interface Where {
  places: Place[];
  /** Its own group is silenced. */
  quiet: boolean;
}

function judge(alert: Alert, known: Row | undefined, where: Where, now: Date): Judged {
  const fresh: Row = {
    alert,
    state: alert.status,
    startsAt: alert.startsAt,
    endTold: alert.status === 'resolved' ? now : null,
    times: (known?.times ?? 0) + 1,
    incident: known?.incident ?? null,
    told: true,
  };
  if (!known) return alert.status === 'firing' ? begun(fresh, where) : ['ended', fresh];
  const counted: Row = { ...known, times: fresh.times };
  if (+alert.startsAt < +known.startsAt) return ['late', counted];
  if (alert.status === 'resolved') return known.state === 'firing' ? ended(fresh) : ['again', counted];
  if (known.state === 'resolved') {
    const sameEpisode = +alert.startsAt === +known.startsAt;
    return sameEpisode && +now - +(known.endTold ?? now) < LATE_MS ? ['late', counted] : begun(fresh, where);
  }
  const over = known.incident?.resolvedAt;
  const heldOn = known.incident !== null && (over === undefined || +now - +over < QUIET_MS);
  if (heldOn) return ['again', { ...fresh, startsAt: known.startsAt }];
  if (known.incident) known.incident.firing -= 1;
  return begun(fresh, where);
}

function ended(row: Row): Judged {
  if (row.incident) {
    row.incident.firing -= 1;
    row.incident.ended = true;
  }
  return ['ended', row];
}

function begun(row: Row, where: Where): Judged {
  const { alert } = row;
  const place = placeFor(alert, where);
  // One that flaps within its incident is no further alert.
  if (row.incident !== place) place.alerts += 1;
  place.firing += 1;
  place.severity = Math.max(place.severity, alert.severity);
  place.first ??= alert;
  return ['new', { ...row, incident: place }];
}

function placeFor(alert: Alert, { places, quiet }: Where): Place {
  const open = places.filter(({ resolvedAt }) => resolvedAt === undefined);
  const same = open.find(({ group }) => group === alert.group);
  // What nobody wants to hear of must not hide another group.
  const joined = open.find(
    ({ service, own, silenced }) =>
      alert.service !== null && service === alert.service && own.length > 0 && (quiet || !silenced),
  );
  const place = same ?? joined;
  if (place) return place;
  const made: Place = {
    id: null,
    group: alert.group,
    service: alert.service,
    resolvedAt: undefined,
    own: [],
    silenced: false,
    firing: 0,
    before: 0,
    alerts: 0,
    severity: alert.severity,
    first: null,
    ended: false,
  };
  places.push(made);
  return made;
}

function changeOf(place: Place): SortedIn['changed'] {
  const { id, alerts, firing, before, severity, first, ended, own, resolvedAt } = place;
  if (id === null || (alerts === 0 && firing === before && first === null)) return [];
  const resolved = ended && firing <= 0 && own.length === 0 && resolvedAt === undefined;
  return [{ id, alerts, firing: Math.max(0, firing), severity, first, resolved }];
}

function placeOf({ id, fingerprint, service, state, resolvedAt, firing, own, silenced }: KnownIncident): Place {
  return {
    id,
    group: fingerprint,
    service,
    own,
    silenced,
    firing,
    before: firing,
    resolvedAt: state === 'resolved' ? (resolvedAt ?? new Date(0)) : undefined,
    alerts: 0,
    severity: 0,
    first: null,
    ended: false,
  };
}

function rowOf({ source, fingerprint, state, startsAt, endTold, incident }: KnownAlert, places: Place[]): Row {
  const place = places.find(({ id }) => id !== null && id === incident) ?? null;
  const alert: Alert = {
    source,
    fingerprint,
    startsAt,
    endsAt: null,
    status: state,
    group: '',
    name: '',
    service: null,
    about: null,
    labels: {},
    says: '',
    severity: 0,
  };
  return { alert, state, startsAt, endTold, times: 0, incident: place, told: false };
}

function keyOf({ source, fingerprint }: Pick<Alert, 'source' | 'fingerprint'>): string {
  return `${source} ${fingerprint}`;
}
