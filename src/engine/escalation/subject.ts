import type { Incident } from '../engine.js';

/** What people are called for: the service, or what the alert says that it is about where none is known. */
export function subjectOf({ service, about, title }: Pick<Incident, 'service' | 'about' | 'title'>): string {
  return service ?? about ?? title;
}
