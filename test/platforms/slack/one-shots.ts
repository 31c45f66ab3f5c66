import { randomBytes } from 'node:crypto';
import { Refused } from './methods/method.js';

/** What Slack hands out for a short time: triggers of forms, addresses for answers, tickets of sockets. */
export interface OneShots {
  trigger(user: string, name?: string): string;
  /** Throws as views.open does. */
  useTrigger(trigger: string): void;
  whoseTrigger(trigger: string): string;
  expireTriggers(): void;
  /** The id of an address for answers. */
  address(to: Address): string;
  /** undefined: it is used up, too old, or never was. */
  useAddress(id: string): Address | undefined;
  expireAddresses(): void;
  ticket(): string;
  useTicket(ticket: string): boolean;
}

export interface Address {
  channel: string;
  user: string;
  thread?: string;
}

const TRIGGER_MS = 3_000;
const ADDRESS_MS = 30 * 60_000;
const ADDRESS_USES = 5;

export function createOneShots(): OneShots {
  const triggers = new Map<string, { user: string; until: number; used: boolean }>();
  const addresses = new Map<string, Address & { until: number; left: number }>();
  const tickets = new Set<string>();
  const now = () => performance.now();
  return {
    trigger(user, name = randomBytes(8).toString('hex')) {
      if (!triggers.has(name)) triggers.set(name, { user, until: now() + TRIGGER_MS, used: false });
      return name;
    },
    useTrigger(name) {
      const trigger = triggers.get(name);
      if (!trigger) throw new Refused('invalid_trigger_id');
      if (trigger.used) throw new Refused('exchanged_trigger_id');
      if (trigger.until < now()) throw new Refused('expired_trigger_id');
      trigger.used = true;
    },
    whoseTrigger: (name) => triggers.get(name)?.user ?? '',
    expireTriggers() {
      for (const trigger of triggers.values()) trigger.until = 0;
    },
    address(to) {
      const id = randomBytes(8).toString('hex');
      addresses.set(id, { ...to, until: now() + ADDRESS_MS, left: ADDRESS_USES });
      return id;
    },
    useAddress(id) {
      const address = addresses.get(id);
      if (!address || address.left <= 0 || address.until < now()) return undefined;
      address.left -= 1;
      return address;
    },
    expireAddresses() {
      for (const address of addresses.values()) address.until = 0;
    },
    ticket() {
      const ticket = randomBytes(8).toString('hex');
      tickets.add(ticket);
      return ticket;
    },
    useTicket: (ticket) => tickets.delete(ticket),
  };
}
