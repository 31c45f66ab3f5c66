import type { IncomingAlert } from '../../engine/alerts/incoming.js';
import type { GenericSource } from '../../engine/alerts/mapping.js';
import type { Engine } from '../../engine/engine.js';

/** What a body means. */
export interface Reading {
  alerts: IncomingAlert[];
  /** Of its alerts, those that cannot be read: the others count all the same. */
  unreadable: number;
  /** Why nothing is done with it, where that is right: a test, an event that is of no interest. */
  ignored?: string;
  /** Said of an incident besides its alerts; done after they are stored. */
  afterwards?(engine: Engine): Promise<void>;
  /** The same for every repetition of this delivery. */
  delivery?: string;
}

export interface ReadContext {
  header(name: string): string | undefined;
  /** Of a generic source. */
  generic?: GenericSource;
}

/** Reads a body that is JSON. Throws `invalid_input` when it is none of this source's. */
export type Read = (body: unknown, context: ReadContext) => Reading | Promise<Reading>;
