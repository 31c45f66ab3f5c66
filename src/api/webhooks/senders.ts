import { UserError } from '../../engine/model/errors.js';
import type { Log } from '../../engine/ports.js';
import type { Tokens } from '../authentication.js';
import type { Limits } from '../limits.js';
import { createRateLimit } from '../rate-limit.js';
import type { Delivery } from '../route.js';
import { isOneOf, isSigned } from './signature.js';

/** Several of each while one is changed. */
export interface AlertSecrets {
  /** Bearer tokens, or passwords of basic authentication, that may deliver alerts and nothing else. */
  tokens: readonly string[];
  /** Of those who sign what they send. */
  hmac: readonly string[];
  pagerduty: readonly string[];
}

export type SourceName = 'alertmanager' | 'grafana' | 'pagerduty' | 'generic';

/** Throws `unauthenticated` or `forbidden` unless the delivery comes from somebody who may send alerts of this kind. */
export type KnowSender = (source: SourceName, delivery: Delivery, bytes: Buffer) => Promise<void>;

/** Headers that carry a signature, and what stands before it. Sources: the documentation of Grafana, PagerDuty and GitHub. */
const SIGNATURES: Readonly<Record<SourceName, readonly { header: string; before: string }[]>> = {
  alertmanager: [],
  grafana: [{ header: 'x-grafana-alerting-signature', before: '' }],
  pagerduty: [{ header: 'x-pagerduty-signature', before: 'v1=' }],
  generic: [
    { header: 'x-reviver-signature', before: 'sha256=' },
    { header: 'x-hub-signature-256', before: 'sha256=' },
  ],
};

export function createKnowSender(
  secrets: AlertSecrets,
  tokens: Tokens,
  limits: Pick<Limits, 'failedLogins' | 'failedLoginWindowMs'>,
  log: Log,
): KnowSender {
  const failures = createRateLimit(
    limits.failedLogins,
    limits.failedLoginWindowMs,
    'refused webhooks from this address',
  );

  async function refuse(source: SourceName, reason: string, message: string, address: string): Promise<never> {
    await failures(address);
    log('warn', 'api:webhook_refused', { source, reason, address });
    throw new UserError('unauthenticated', message, { reason });
  }

  async function byToken(source: SourceName, { header, address }: Delivery): Promise<void> {
    const given = wordOf(header('authorization'));
    if (given === undefined)
      return refuse(
        source,
        'missing',
        'Send Authorization: Bearer TOKEN, or basic authentication with it as password.',
        address,
      );
    if (isOneOf(given, secrets.tokens)) return;
    const owner = await tokens.resolve(given);
    if (!owner || owner.expired) return refuse(source, 'unknown', 'This token is not known, or has expired.', address);
    if (!owner.roles.includes('responder'))
      throw new UserError(
        'forbidden',
        `The token "${owner.name}" may not send alerts: it needs the role responder. Or set ALERTS_TOKEN, which may do nothing else.`,
      );
  }

  return async (source, delivery, bytes) => {
    const { header, address } = delivery;
    const own = source === 'pagerduty' ? secrets.pagerduty : secrets.hmac;
    for (const { header: name, before } of SIGNATURES[source]) {
      const signatures = signaturesIn(header(name), before);
      if (signatures.length === 0) continue;
      if (isSigned(bytes, signatures, own)) return;
      return refuse(
        source,
        'signature',
        'The signature is not that of this body with any secret that is known here.',
        address,
      );
    }
    if (source === 'pagerduty')
      return refuse(source, 'missing', 'The header X-PagerDuty-Signature is missing.', address);
    return byToken(source, delivery);
  };
}

/** `v1=...,v1=...`: several while a secret is changed. */
function signaturesIn(header: string | undefined, before: string): string[] {
  const parts = (header ?? '').split(',').map((part) => part.trim());
  return parts.flatMap((part) => (part !== '' && part.startsWith(before) ? [part.slice(before.length)] : []));
}

function wordOf(authorization = ''): string | undefined {
  const bearer = /^Bearer +([\w.~+/-]{1,512}=*)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic +([\w+/-]{1,1024}=*)$/i.exec(authorization)?.[1];
  const pair = basic === undefined ? '' : Buffer.from(basic, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : undefined;
}
