import { escalationName, parseEscalationName } from './escalation.js';

/*
 * The name of an escalation at a pager: the same for its trigger, acknowledge and resolve, whichever process sends
 * them, and another one for the service's next incident. PagerDuty takes at most 255 characters.
 */

/** `reviver:3f2a9c01b7de:E-5` */
export function dedupKey(installation: string, id: number): string {
  return `reviver:${installation}:${escalationName(id)}`;
}

/** undefined: the key is another installation's, or no key of ours at all. */
export function escalationOfKey(key: string, installation: string): number | undefined {
  const [product, home, name = ''] = key.split(':');
  return product === 'reviver' && home === installation ? parseEscalationName(name) : undefined;
}
