import type { HealthCheck } from '../../model/service.js';
import { shownUrl } from '../../secrets/shown-url.js';
import { type ActionContext, ActionError } from '../action.js';

/** What a database is called in a runbook: its URL, or the service whose health check has one. */
export type DatabaseKind = Extract<HealthCheck['type'], 'postgres' | 'redis'>;

const SCHEMES: Record<DatabaseKind, RegExp> = {
  postgres: /^postgres(ql)?:$/,
  redis: /^rediss?:$/,
};

export function isUrlOf(kind: DatabaseKind, text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, searchParams } = new URL(text);
  return SCHEMES[kind].test(protocol) && (hostname !== '' || searchParams.has('host'));
}

/** Begins like a URL, whether or not it is a good one: never the name of a service. */
export function looksLikeUrl(text: string): boolean {
  return text.includes('://');
}

/** The URL to connect to, with its credentials: never for people. */
export function databaseUrl(kind: DatabaseKind, given: string, ctx: Pick<ActionContext, 'service'>): string {
  if (looksLikeUrl(given)) return given;
  const url = ctx.service(given).health.find(({ type }) => type === kind)?.url;
  if (url) return url;
  throw new ActionError(
    `${given} has no ${kind} health check with a URL, so its address is not known; nothing was done. Give a URL instead, or give the service such a check.`,
    { code: 'no_address', retryable: false },
  );
}

/** For people: the name of the service, or host, port and path of the URL, without user, password and options. */
export function placeOf(given: string): string {
  if (!looksLikeUrl(given)) return given;
  return shownUrl(given, ({ host, pathname }) => `${host}${pathname === '/' ? '' : pathname}` || 'a local socket');
}
