import type { HealthCheck } from '../engine/model/service.js';
import { withExamples } from '../engine/secrets/credential.js';
import type { RawHealth, RawService } from './service-schema.js';

export interface HealthDefaults {
  intervalMs: number;
}

/** The source document wants an answer in less than 5 s; three in a row make a service unhealthy. */
const TIMEOUT_MS = 4_000;
const FAILURES = 3;

/** The long form and the source document's `health_check_url` together. */
export function healthChecks(raw: RawService, { intervalMs }: HealthDefaults): HealthCheck[] {
  const long = raw.health.map((given) => fill(given, intervalMs));
  if (!raw.health_check_url) return long;
  const { type, url } = readHealthUrl(raw.health_check_url);
  return [...long, fill({ type, url }, intervalMs)];
}

const BY_PORT: Record<string, { type: RawHealth['type']; protocol: string; known: string }> = {
  5432: { type: 'postgres', protocol: 'postgresql:', known: 'PostgreSQL' },
  6379: { type: 'redis', protocol: 'redis:', known: 'Redis' },
  3306: { type: 'tcp', protocol: 'tcp:', known: 'MySQL' },
  27017: { type: 'tcp', protocol: 'tcp:', known: 'MongoDB' },
};

const BY_PROTOCOL: Record<string, RawHealth['type']> = {
  'http:': 'http',
  'https:': 'http',
  'tcp:': 'tcp',
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgresql:': 'postgres',
  'postgres:': 'postgres',
};

/**
 * What a `health_check_url` means. An http URL on a database's port, as in the source document, cannot be answered by
 * http, and is read as that database's own check; `warning` says so. `type` is 'http' for a protocol that is not known.
 */
export function readHealthUrl(text: string): { type: RawHealth['type']; url: string; warning?: string } {
  const example = withExamples(text);
  const given = URL.canParse(example) ? new URL(example) : undefined;
  const database = given?.protocol === 'http:' ? BY_PORT[given.port] : undefined;
  if (!given || !database) return { type: (given && BY_PROTOCOL[given.protocol]) ?? 'http', url: text };
  const { type, protocol, known } = database;
  const url = `${protocol}//${given.host}${type === 'tcp' ? '' : given.pathname.replace(/\/$/, '')}`;
  return { type, url, warning: `port ${given.port} is ${known}'s, so this is read as a ${type} check of ${url}` };
}

export function isHealthUrl(text: string): boolean {
  const example = withExamples(text);
  return URL.canParse(example) && new URL(example).protocol in BY_PROTOCOL;
}

function fill(given: RawHealth, intervalMs: number): HealthCheck {
  return {
    type: given.type,
    ...(given.url && { url: given.url }),
    ...(given.command && { command: given.command }),
    ...(given.expect_status && { expectStatus: given.expect_status }),
    intervalMs: given.interval ?? intervalMs,
    timeoutMs: given.timeout ?? TIMEOUT_MS,
    failures: given.failures ?? FAILURES,
    ...(given.successes && { successes: given.successes }),
  };
}
