import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { within } from '../../health/within.js';
import { failureInWords } from '../../health/words.js';
import { ActionError } from '../action.js';

const ANSWER_WITHIN_MS = 10_000;
const FIRST_IN_FILE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;

/** What a server shows to whoever connects by TLS from the first byte; who signed it does not matter here. */
export function servedCertificate(server: string, name: string, signal: AbortSignal): Promise<X509Certificate> {
  const { hostname, port } = new URL(`tls://${server}`);
  const host = hostname.replace(/^\[|\]$/g, '');
  return within(ANSWER_WITHIN_MS, signal, (timeUp) => asked({ host, port: Number(port), name }, timeUp)).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      throw new ActionError(`${server} shows no certificate: ${failureInWords(error)}. Nothing was changed.`, {
        code: 'no_certificate',
      });
    },
  );
}

function asked(to: { host: string; port: number; name: string }, signal: AbortSignal): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const { host, port, name } = to;
    const socket = connect({ host, port, ...(isIP(name) ? {} : { servername: name }), rejectUnauthorized: false });
    const end = (settle: () => void): void => {
      socket.destroy();
      settle();
    };
    signal.addEventListener('abort', () => end(() => reject(signal.reason)), { once: true });
    socket.once('error', (error) => end(() => reject(error)));
    socket.once('secureConnect', () => {
      const shown = socket.getPeerX509Certificate();
      end(() => (shown ? resolve(shown) : reject(new Error('it shows none'))));
    });
  });
}

/** The first one of a PEM file: the server's own, as servers read it. */
export async function certificateInFile(file: string): Promise<X509Certificate> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ActionError(`${file} cannot be read: ${failureInWords(error)}. Nothing was changed.`, {
      code: 'no_certificate',
      retryable: false,
    });
  });
  const [pem] = FIRST_IN_FILE.exec(text) ?? [];
  if (pem !== undefined) return new X509Certificate(pem);
  throw new ActionError(`${file} holds no certificate in PEM. Nothing was changed.`, {
    code: 'no_certificate',
    retryable: false,
  });
}

const DAY_MS = 86_400_000;

/** Whole days until it is over; below 0 when it is. */
export function daysLeft({ validTo }: X509Certificate, nowMs: number): number {
  return Math.floor((Date.parse(validTo) - nowMs) / DAY_MS);
}

export function isFor(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
}
