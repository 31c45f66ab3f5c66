/*
 * A service needs people: one escalation, however many reasons there are. It climbs the levels of its policy, each
 * after its delay, until somebody acknowledges it; the next verified success of the service resolves it.
 */

/** Ways to reach people. `chat` calls by name in the channels where the recovery is followed. */
export const CHANNELS = ['chat', 'pagerduty', 'email', 'sms', 'webhook'] as const;
export type Channel = (typeof CHANNELS)[number];
/** Ways that leave chat: each has a service outside, and is sent by itself. */
export type Pager = Exclude<Channel, 'chat'>;
export const PAGERS = ['pagerduty', 'email', 'sms', 'webhook'] as const satisfies readonly Pager[];

/** One level: who is told, so long after the escalation began. */
export interface Stage {
  afterMs: number;
  notify: readonly Channel[];
}

/** By name; `default` is that of every service which names no other. */
export type Policies = Readonly<Record<string, readonly Stage[]>>;

/** Whom a pager reaches: addresses, numbers, or its own name where it has one receiver. None: it is not set up. */
export type Contacts = Readonly<Record<Pager, readonly string[]>>;

export interface Escalation {
  id: number;
  service: string;
  policy: string;
  state: 'open' | 'acknowledged' | 'resolved';
  /** Levels whose people were told; the next one has this index. */
  level: number;
  /** Levels below this one wait for no delay. */
  hurry: number;
  /** When the next level is told; null: none is. */
  nextAt: Date | null;
  /** The latest reason. */
  code: string;
  reason: string;
  recoveryId: number | null;
  incidentId: number | null;
  startedAt: Date;
  lastAt: Date;
  acknowledgedBy: string | null;
  resolvedBy: string | null;
  resolvedAt: Date | null;
  /** Channels that did not get through at the last attempt, and have not since. */
  failing: readonly Channel[];
}

export type PageAction = 'trigger' | 'acknowledge' | 'resolve';

/** A page as the outbox holds it; its words are made when it is sent, from the escalation as it is then. */
export interface Page {
  escalation: number;
  level: number;
  channel: Pager;
  target: string;
  action: PageAction;
}

/** What made people needed. `key` names it: told again under the same key it is the same reason. */
export interface Reason {
  key: string;
  service: string;
  /** Such as `unknown_outcome`; see docs/escalation.md. */
  code: string;
  reason: string;
  recovery?: number;
  incident?: number;
}

/** People see it as `E-5`. */
export function escalationName(id: number): string {
  return `E-${id}`;
}

export function parseEscalationName(text: string): number | undefined {
  const found = /^e-(\d{1,9})$/i.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
