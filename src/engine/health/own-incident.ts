import type { Incident } from '../engine.js';

/** Incidents that Reviver finds by itself: by its checks of a service, and by calls that fail. */
export const healthFingerprint = (service: string) => `health:${service}`;
/** Of one that falls ill again and again. */
export const flappingFingerprint = (service: string) => `flapping:${service}`;
export const breakerFingerprint = (service: string) => `breaker:${service}`;

/** Its words are Reviver's own, not those of an alert. */
export function isOwnIncident({ fingerprint, service }: Pick<Incident, 'fingerprint' | 'service'>): boolean {
  if (service === null) return false;
  return [healthFingerprint, flappingFingerprint, breakerFingerprint].some((of) => fingerprint === of(service));
}

/** By how critical the service is. */
export const SEVERITY = { critical: 1, high: 0.8, medium: 0.5, low: 0.2 } as const;
