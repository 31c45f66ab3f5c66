import { InvalidInput } from '../model/errors.js';
import type { RuntimeName, Service } from '../model/service.js';

/** The configuration refuses this before; a service that comes from elsewhere is refused here. */
export function sectionMissing({ name }: Service, section: RuntimeName, what: string): InvalidInput {
  return new InvalidInput(`services.${name}.${section}`, undefined, what);
}
