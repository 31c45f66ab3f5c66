import type { PageAction } from '../engine/escalation/escalation.js';
import type { Criticality } from '../engine/model/service.js';

/** What a pager is told, in the language of those who read it. Secrets are gone from its texts. */
export interface News {
  action: PageAction;
  /** Names this message: sent again it is the same. */
  key: string;
  /** Names the escalation at a pager: the same for trigger, acknowledge and resolve. */
  dedupKey: string;
  /** `E-5` */
  name: string;
  service: string;
  /** Such as `unknown_outcome`. */
  code: string;
  reason: string;
  /** From 0 on. */
  level: number;
  criticality: Criticality;
  /** `R-12` */
  recovery?: string;
  /** Who acknowledged it, or what resolved it. */
  by?: string;
  startedAt: Date;
  /** Where people open Reviver. */
  link?: string;
  language: 'en' | 'ru';
}

/** One way to reach people outside chat. */
export interface Pager {
  /** @throws NotDelivered; anything else is tried again. */
  send(news: News, target: string, signal: AbortSignal): Promise<void>;
  /** Looks, without telling anybody, whether it would be let in. @throws NotDelivered; `tried`: it can be looked at. */
  examine(signal: AbortSignal): Promise<{ tried: boolean }>;
}

/** A page that did not arrive, in words without secrets. */
export class NotDelivered extends Error {
  constructor(
    message: string,
    /** False: it can never arrive as it is. */
    readonly again: boolean,
    /** Milliseconds that the receiver asked to wait. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** A receiver that does not answer keeps nothing waiting. */
export const PATIENCE_MS = 10_000;
