import { CHAOS } from './chaos.js';
import type { Check } from './check.js';
import { CIRCUIT_BREAKERS } from './circuit-breakers.js';
import { COMPLIANCE } from './compliance.js';
import { INTEGRATION } from './integration.js';
import { PERFORMANCE } from './performance.js';
import { RECOVERY } from './recovery.js';
import { RELIABILITY } from './reliability.js';
import { STATE_MANAGEMENT } from './state-management.js';

/** The eight categories of the Auto-Recovery document, in its order. */
export const CATEGORIES: readonly { name: string; checks: readonly Check[] }[] = [
  { name: 'Performance Tests', checks: PERFORMANCE },
  { name: 'Reliability Tests', checks: RELIABILITY },
  { name: 'Recovery Tests', checks: RECOVERY },
  { name: 'Circuit Breaker Tests', checks: CIRCUIT_BREAKERS },
  { name: 'State Management Tests', checks: STATE_MANAGEMENT },
  { name: 'Integration Tests', checks: INTEGRATION },
  { name: 'Chaos Tests', checks: CHAOS },
  { name: 'Compliance Tests', checks: COMPLIANCE },
];
