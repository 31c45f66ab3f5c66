import type { Service } from '../model/service.js';
import { holdsReference, textsOf } from './reference.js';
import type { Secrets } from './secrets.js';

/** Texts of a service's settings that may hold secrets, with their places. */
export function secretSettings({ health, process }: Pick<Service, 'health' | 'process'>): ReturnType<typeof textsOf> {
  return [
    ...health.flatMap(({ url }, index) => textsOf(url, ['health', index, 'url'])),
    ...textsOf(process?.env, ['process', 'env']),
  ];
}

/** Those whose settings name secrets. The same array is looked through once. */
export function bearing(services: readonly Service[]): readonly Service[] {
  const known = looked.get(services) ?? services.filter(bears);
  looked.set(services, known);
  return known;
}

const looked = new WeakMap<readonly Service[], readonly Service[]>();

/** The service as it is needed: with the secrets that its settings name. */
export async function withItsSecrets(
  service: Service,
  secrets: Pick<Secrets, 'resolve'>,
  signal: AbortSignal,
): Promise<Service> {
  if (!bears(service)) return service;
  const { health, process } = service;
  return {
    ...service,
    health: await Promise.all(
      health.map(async (check) => ({ ...check, ...(await resolvedUrl(check.url, secrets, signal)) })),
    ),
    ...(process ? { process: { ...process, env: await secrets.resolve(process.env, signal) } } : {}),
  };
}

/** Its settings name secrets. What a container says of itself is not trusted with any: labels are no place for references. */
export function bears(service: Service): boolean {
  return !service.declared && secretSettings(service).some(({ text }) => holdsReference(text));
}

async function resolvedUrl(
  url: string | undefined,
  secrets: Pick<Secrets, 'resolve'>,
  signal: AbortSignal,
): Promise<{ url?: string }> {
  return url === undefined ? {} : { url: await secrets.resolve(url, signal) };
}
