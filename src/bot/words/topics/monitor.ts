/** What the health monitor knows beside "healthy": maintenance, flapping, availability. */
export interface MonitorWords {
  maintenance: {
    title(n: number): string;
    none: string;
    /** `by` undefined: the configuration says so. */
    line(service: string, leftMs: number, by: string | undefined, reason: string): string;
    /** In a line about the service. */
    field(leftMs: number): string;
    began(service: string, forMs: number): string;
    ended(service: string): string;
    notOne(service: string): string;
    silent: string;
    howLong(service: string): string;
  };
  because(service: string): string;
  flapping: string;
  /** Per cent; of the last 30 days. */
  availability(percent: number, target: number | undefined): string;
  /** `leftMs` below zero: overdrawn. */
  budget(leftMs: number): string;
  unknownTime(ms: number): string;
}
