import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whether one of the signatures in the header is that of one of the secrets: HMAC-SHA256 in hex over the body as it was sent. */
export function isSigned(bytes: Buffer, signatures: readonly string[], secrets: readonly string[]): boolean {
  const expected = secrets.map((secret) => createHmac('sha256', secret).update(bytes).digest());
  let found = false;
  for (const signature of signatures) {
    if (!/^[0-9a-f]{64}$/i.test(signature)) continue;
    const given = Buffer.from(signature, 'hex');
    for (const one of expected) found = timingSafeEqual(given, one) || found;
  }
  return found;
}

/** The same time for every wrong word, whatever is right of it. */
export function isOneOf(given: string, secrets: readonly string[]): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  const wanted = digest(given);
  let found = false;
  for (const secret of secrets) found = timingSafeEqual(wanted, digest(secret)) || found;
  return found;
}
