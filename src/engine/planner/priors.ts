import type { Service } from '../model/service.js';
import { isTechnology, technologiesOf } from './technology.js';

/** What is expected before anything was tried: a rate of success, worth so many outcomes. */
export interface Prior {
  mean: number;
  strength: number;
}

const STRENGTH = 2;
const UNADVISED = 0.6;
const ADVISED = 0.7;

/**
 * The advice of the auto-recovery document: databases are rolled back, stateless services restarted, hungry ones scaled, critical
 * ones get several strategies one after the other. A few outcomes outweigh it.
 */
const ADVICE: Readonly<Record<string, (service: Service, concepts: readonly string[]) => boolean>> = {
  rollback: isDatabase,
  restart: (service) => !isDatabase(service) && service.dataDir === undefined,
  scale_up: (service, concepts) => service.sizes !== undefined || concepts.includes('#high_cpu'),
  hybrid: ({ criticality }) => criticality === 'critical',
};

/** @param concepts what the incident is about */
export function priorOf(
  { kind, name }: { kind: string; name: string },
  service: Service,
  concepts: readonly string[],
): Prior {
  const advised = kind === 'strategy' && ADVICE[name]?.(service, concepts) === true;
  return { mean: advised ? ADVISED : UNADVISED, strength: STRENGTH };
}

function isDatabase(service: Service): boolean {
  return technologiesOf(service).some(isTechnology);
}
