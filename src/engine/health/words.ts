import { errorCode } from '../processes/error-code.js';

/** What network errors are called by people. */
const WORDS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host name cannot be resolved now',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connect timed out',
  CERT_HAS_EXPIRED: 'certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate is self-signed',
};

/** A failure to reach something, in people's words. Never carries a URL, so no secret of one. */
export function failureInWords(error: unknown): string {
  const code = errorCode(error);
  if (code && WORDS[code]) return WORDS[code];
  if (typeof error !== 'object' || error === null) return 'failed';
  // Several addresses of one host were tried: the first failure speaks for all.
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0)
    return failureInWords(error.errors[0]);
  return 'message' in error && typeof error.message === 'string' && error.message !== ''
    ? error.message
    : (code ?? 'failed');
}

/** `1 key`, `1,204 keys` */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
}
