import type { Channel } from '../../../engine/escalation/escalation.js';

/** Who is called when a service needs people. */
export interface EscalationWords {
  readonly channels: Readonly<Record<Channel, string>>;
  /** `subject` is `R-12`, or the name of a service. */
  needs(subject: string, why: string): string;
  /** Unless somebody acknowledges it. */
  next(channels: readonly string[], inMs: number): string;
  /** There is no further level. */
  allTold: string;
  acknowledged(by: string | undefined): string;
  failing(channels: readonly string[]): string;
  over(name: string): string;
  looksAfter(name: string, service: string, by: string | undefined): string;
  tested(name: string): string;
  /** Lines of a thread. */
  called(channels: readonly string[]): string;
  channelFailed(channel: string, why: string): string;
  onCall: {
    title: string;
    policy(name: string, services: readonly string[]): string;
    stage(afterMs: number, channels: readonly string[]): string;
    /** A channel that nobody stands behind. */
    nobody(channel: string): string;
    open(name: string, service: string, sinceMs: number): string;
    none: string;
  };
}
