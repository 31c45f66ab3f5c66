/** A new name for an act. `crypto.randomUUID` is missing where the page comes without TLS. */
export function actId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
