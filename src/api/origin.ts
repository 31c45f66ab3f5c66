import type { IncomingMessage } from 'node:http';
import { UserError } from '../engine/model/errors.js';

/**
 * Browsers say of which site the page is that opens a WebSocket, and let any page open any. Throws `forbidden` unless it is
 * a page of this server, by the name that the browser or a proxy before us says, or one of `allowed`. Programs name no
 * origin. RFC 6455, 10.2.
 */
export function requireOwnOrigin(
  { headers }: IncomingMessage,
  allowed: readonly string[],
  onRefused: (facts: { origin: string; host: string }) => void,
): void {
  const { origin } = headers;
  if (origin === undefined || allowed.includes(origin.toLowerCase())) return;
  const forwarded = [headers['x-forwarded-host']].flat()[0]?.split(',')[0]?.trim();
  const own = [headers.host, forwarded].map((host) => host?.toLowerCase());
  if (URL.canParse(origin) && own.includes(new URL(origin).host)) return;
  onRefused({ origin: origin.slice(0, 200), host: (headers.host ?? '').slice(0, 200) });
  throw new UserError(
    'forbidden',
    `Pages of ${origin.slice(0, 200)} may not open this WebSocket. If that is where people reach Reviver, have the proxy pass on the Host header, or name the origin in REVIVER_ORIGINS.`,
    { reason: 'origin', origin: origin.slice(0, 200) },
  );
}
