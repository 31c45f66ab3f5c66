import type { AutoAnswer } from '../engine.js';

/** What another program found and told of, in one form for all of them. Texts are theirs, without secrets. */
export interface Alert {
  /** alertmanager, grafana, pagerduty, or generic:NAME. */
  source: string;
  /** The same for the same thing of one source, each time that it is told. */
  fingerprint: string;
  /** Alerts of one group are one incident, and so one post. */
  group: string;
  name: string;
  /** Of the configuration; null: it is about none that is known. */
  service: string | null;
  /** What it says itself that it is about, where no service is known by that name. */
  about: string | null;
  labels: Record<string, string>;
  says: string;
  /** 0 .. 1 */
  severity: number;
  status: 'firing' | 'resolved';
  /** Names the episode: what fires again later has another one. */
  startsAt: Date;
  endsAt: Date | null;
}

/** What is stored of an alert, as far as the next word about it is judged by it. */
export interface KnownAlert extends Pick<Alert, 'source' | 'fingerprint' | 'startsAt'> {
  state: Alert['status'];
  /** When its end was told. */
  endTold: Date | null;
  incident: number | null;
}

/** An incident that alerts may belong to: one that is open, or one that a known alert belongs to. */
export interface KnownIncident {
  id: number;
  fingerprint: string;
  service: string | null;
  state: 'open' | 'acknowledged' | 'resolved';
  resolvedAt: Date | null;
  firing: number;
  /** Reviver's own findings that hold. */
  own: readonly string[];
  silenced: boolean;
}

/** What is stored that a batch may have to do with. */
export interface Known {
  alerts: readonly KnownAlert[];
  incidents: readonly KnownIncident[];
  /** Of its groups, those that nobody wants to hear of. */
  silenced: readonly string[];
}

/** What became of an alert: it opened or joined an incident, or ended; or it said nothing new; or it came too late. */
export type Taken = 'new' | 'ended' | 'again' | 'late';

/** What is to be written. Indexes of `opened` stand for incidents that have no number yet. */
export interface SortedIn {
  taken: Taken[];
  /** The latest word about each alert, with how often it was told. */
  rows: {
    alert: Alert;
    state: Alert['status'];
    startsAt: Date;
    times: number;
    /** False: nothing of it is new but how often it was told. */
    anew: boolean;
    incident: number | null;
    opened: number | null;
  }[];
  opened: { group: string; first: Alert; severity: number; alerts: number; firing: number }[];
  changed: { id: number; alerts: number; firing: number; severity: number; first: Alert | null; resolved: boolean }[];
}

/** Alerts, silences and repeated deliveries in the store. */
export interface AlertStore {
  /** Stores a batch in one write: nothing else sorts alerts in meanwhile. Answers for each what became of it. */
  take(alerts: readonly Alert[], sort: Sort): Promise<Taken[]>;
  /** The incident that an alert belongs to. */
  incidentOf(source: string, fingerprint: string): Promise<number | undefined>;
  /** Incidents that are not over, the newest first. */
  open(limit: number): Promise<number[]>;
  /** No post and no escalation for the groups of this incident until then. False: there is no such incident. */
  silence(incident: number, forMs: number, by: string): Promise<boolean>;
  unsilence(incident: number, by: string): Promise<boolean>;
  /** What `auto_recover` decided about it, for its post and the event log. */
  answered(incident: number, answer: AutoAnswer): Promise<void>;
  /** Of an incident of which no service is known. False: there is no such incident. */
  assign(incident: number, service: string, by: string): Promise<boolean>;
  /** Calls for people. False: there is no such incident. */
  escalated(incident: number, by: string, reason: string): Promise<boolean>;
  /** Silences that are over are gone, and what still fires is shown. */
  endSilences(): Promise<number>;
  delivered(source: string, id: string): Promise<boolean>;
  keepDelivery(source: string, id: string): Promise<void>;
  /** Alerts that ended long ago, and deliveries that nobody repeats any more. */
  forget(alertsMs: number, deliveriesMs: number): Promise<void>;
}

export type Sort = (batch: readonly Alert[], known: Known, now: Date) => SortedIn;
