import type { Asked } from './ask.js';

/** What a category looks through; it goes on when one of its checks fails. */
export interface Check {
  /** A sentence that is true when it has passed. */
  says: string;
  /** Undefined: passed, with nothing to add. What it throws is why it failed. */
  run(ctx: CheckContext): Promise<Found | undefined>;
}

export interface Found {
  verdict: 'passed' | 'skipped';
  detail: string;
}

export interface CheckContext {
  ask: Asked;
  services: string[];
  /** Services with a circuit breaker. */
  breakers: string[];
  /** May be restarted for real. */
  victim: string | undefined;
  signal: AbortSignal;
}

export const passed = (detail: string): Found => ({ verdict: 'passed', detail });
export const skipped = (why: string): Found => ({ verdict: 'skipped', detail: why });

/** Fails the check, with what was found instead. */
export function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** Fails the check when it took longer than the source document allows. */
export function within(tookMs: number, mostMs: number): Found {
  const said = `${Math.round(tookMs)} ms`;
  must(tookMs <= mostMs, `took ${said}, allowed are ${mostMs} ms`);
  return passed(said);
}

export const NO_VICTIM = skipped('it would change a service: name one that may be restarted, --service NAME');
