import { InvalidInput } from '../model/errors.js';
import type { HealthCheck } from '../model/service.js';

export interface NormalisedUrl {
  type: Extract<HealthCheck['type'], 'http' | 'tcp' | 'redis' | 'postgres'>;
  url: string;
  /** Set when the URL was read as something else than it says. */
  warning?: string;
}

const SCHEMES = new Map<string, NormalisedUrl['type']>([
  ['http:', 'http'],
  ['https:', 'http'],
  ['tcp:', 'tcp'],
  ['redis:', 'redis'],
  ['rediss:', 'redis'],
  ['postgres:', 'postgres'],
  ['postgresql:', 'postgres'],
]);

/** Ports that never speak HTTP, and the check that fits what does listen there. */
const DATABASE_PORTS = new Map<string, { type: NormalisedUrl['type']; name: string }>([
  ['5432', { type: 'postgres', name: 'PostgreSQL' }],
  ['6379', { type: 'redis', name: 'Redis' }],
  ['3306', { type: 'tcp', name: 'MySQL' }],
  ['27017', { type: 'tcp', name: 'MongoDB' }],
  ['11211', { type: 'tcp', name: 'memcached' }],
]);

/**
 * The check that a `health_check_url` means. `http://host:5432` cannot mean HTTP: it is read as the protocol of the
 * database whose port that is, with a warning.
 */
export function normaliseHealthUrl(given: string, field = 'health_check_url'): NormalisedUrl {
  const parsed = URL.canParse(given) ? new URL(given) : undefined;
  const type = parsed && SCHEMES.get(parsed.protocol);
  if (!parsed || !type || parsed.hostname === '')
    throw new InvalidInput(
      field,
      given,
      'a URL such as http://host:8080/health, tcp://host:3306, redis://host:6379 or postgres://host:5432/db',
    );
  if (type === 'tcp' && parsed.port === '') throw new InvalidInput(field, given, 'a port, as in tcp://host:3306');
  const database = type === 'http' ? DATABASE_PORTS.get(parsed.port) : undefined;
  if (!database) return { type, url: given };
  // http(s) is a "special" scheme, whose URL object refuses another one: the text is taken instead.
  const rest = given.slice(given.indexOf('://'));
  const url = database.type === 'tcp' ? `tcp://${parsed.host}` : `${database.type}${rest.replace(/\/$/, '')}`;
  const warning = `${field}: port ${parsed.port} is ${database.name}'s, so http://${parsed.host} is read as a ${database.type} check.`;
  return { type: database.type, url, warning };
}
