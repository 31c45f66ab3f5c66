import { UserError } from '../engine/model/errors.js';

const WITHOUT_TRUST = /^(UNABLE_TO_(GET|VERIFY)_|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS_CERT_)/;

/** What a person changes where TLS to Postgres fails for another reason than that it is away; else the error as it is. */
export function tlsExplained(error: unknown): unknown {
  const { code = '', message = '', path = '' }: { code?: string; message?: string; path?: string } = Object(error);
  if (WITHOUT_TRUST.test(code)) return refusal(`the certificate of Postgres is not trusted (${message})`, TRUST);
  if (code === 'ENOENT')
    return refusal(`${path} of its options cannot be read`, 'Correct the path; every node has its own.');
  if (message === 'The server does not support SSL connections')
    return refusal('Postgres speaks no TLS there', 'Set ssl = on there, or leave sslmode out.');
  return error;
}

const TRUST =
  'Add sslmode=verify-full&sslrootcert=/path/to/ca.pem with the CA of that server, and use the host name that the certificate has.';

function refusal(what: string, mend: string): UserError {
  return new UserError('invalid_input', `DATABASE_URL: ${what}. ${mend}`);
}
