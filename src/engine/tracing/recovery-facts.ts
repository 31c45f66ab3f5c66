import { type Recovery, recoveryName } from '../model/recovery.js';
import type { SpanFacts } from './tracing.js';

export function recoveryFacts({ id, service, constitution }: Recovery): SpanFacts {
  return {
    'reviver.recovery.id': recoveryName(id),
    'reviver.service': service,
    'reviver.constitution.hash': constitution,
  };
}
