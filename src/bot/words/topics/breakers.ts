import type { BreakerState } from '../../../engine/breakers/breaker.js';

/** Circuit breakers of services: whose calls are refused, and why. */
export interface BreakerWords {
  title(notClosed: number, all: number): string;
  none: string;
  /** `ms` undefined: it was never otherwise. */
  state(service: string, state: BreakerState, ms: number | undefined): string;
  /** Of the last minute; `failed` in per cent. */
  calls(n: number, failed: number): string;
  by(who: string): string;
  trialIn(ms: number): string;
  /** Half-open. */
  trialRuns: string;
  untilReset: string;
  /** What to type. */
  hint(service: string, state: BreakerState): string;
  /** In a line about the service. */
  refuses: Readonly<Record<Exclude<BreakerState, 'closed'>, string>>;
  unknownAct(word: string): string;
  onlyOpen(option: string): string;
}
