import { z } from 'zod';
import { ActionError, UnknownOutcome } from '../../actions/action.js';
import { TimeOver } from '../../health/within.js';
import { redact } from '../../model/redact.js';
import type { Connection } from './connect.js';

/** What the API server says about a request, by the HTTP status of its answer. The request changed nothing. */
export class ClusterRefusal extends ActionError {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message, { code: `kubernetes_${status}`, retryable: status >= 500 || status === 409 || status === 429 });
  }
}

type Place = Pick<Connection, 'server' | 'context'>;

const said = z.object({ message: z.string() });

/** By status; what is not here is told in the server's own words. */
const WORDS: Record<number, (what: string, message: string, place: Place) => string> = {
  401: (what, _message, place) =>
    `The cluster ${place.server.origin} does not accept the credentials of context ${place.context}, so it did not ${what}. Renew them in the file that KUBECONFIG names.`,
  403: (what, message) =>
    /cannot \w+ resource/.test(message)
      ? `Reviver may not ${what}: ${message}. Nothing was changed by it; a Role must allow it (deploy/kubernetes/rbac.yaml has what is needed).`
      : `The cluster does not allow to ${what}: ${message}.`,
  404: (what, message) => `The cluster could not ${what}: ${message}.`,
  409: (what) => `Somebody else changed the object all the time, so the cluster did not ${what}. Try again.`,
  429: (what) => `The cluster has too much to do and did not ${what}. Try again.`,
};

export function refusalOf(what: string, status: number, body: string, place: Place): ClusterRefusal {
  const message = redact(wordsOf(body)).replace(/\.$/, '');
  const words = WORDS[status] ?? ((did: string) => `The cluster refused to ${did}: ${message}.`);
  return new ClusterRefusal(status, words(what, message, place));
}

export function isMissing(error: unknown): boolean {
  return error instanceof ClusterRefusal && error.status === 404;
}

export function isConflict(error: unknown): boolean {
  return error instanceof ClusterRefusal && error.status === 409;
}

export function isForbidden(error: unknown): boolean {
  return error instanceof ClusterRefusal && error.status === 403;
}

/** The cluster is away, or too busy: it may be back soon, and says nothing about what it was asked before. */
export function isAway(error: unknown): error is ActionError {
  if (error instanceof ClusterRefusal) return error.status >= 500 || error.status === 429;
  return error instanceof ActionError && (error.options.code === UNREACHABLE || error.options.code === UNANSWERED);
}

/** For what comes after a change: when the cluster goes away then, what became of the change is not known. */
export async function inDoubt<T>(rest: () => Promise<T>): Promise<T> {
  try {
    return await rest();
  } catch (error) {
    throw isAway(error) ? new UnknownOutcome(`${error.message} What it was asked before may be done.`) : error;
  }
}

const UNREACHABLE = 'kubernetes_unreachable';
const UNANSWERED = 'kubernetes_unanswered';

const MOST_CHARACTERS = 400;

function wordsOf(body: string): string {
  let message = body;
  try {
    message = said.parse(JSON.parse(body)).message;
  } catch {
    // A proxy before the cluster answers in its own way.
  }
  return message.trim().slice(0, MOST_CHARACTERS) || 'it did not say why';
}

/** Nothing was sent: nothing changed. Source: the error codes of Node's `net` and `tls`. */
const NOT_SENT: Record<string, string> = {
  ECONNREFUSED: 'nothing answers there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be asked for now',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not of the authority in the kubeconfig',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not of the authority in the kubeconfig',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not of the authority in the kubeconfig',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** What became of a request without a whole answer. */
export function unanswered(error: unknown, what: string, { server }: Place, reads: boolean): unknown {
  if (error instanceof ActionError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const why = NOT_SENT[code];
  if (why !== undefined)
    return new ActionError(
      `The cluster ${server.origin} cannot be reached (${why}), so it did not ${what}. See that its API server runs, and that this machine reaches it.`,
      { code: UNREACHABLE },
    );
  const how = isTimeOver(error) ? 'in time' : `(${code || String(error)})`;
  if (reads)
    return new ActionError(`The cluster ${server.origin} was asked to ${what} and did not answer ${how}.`, {
      code: UNANSWERED,
    });
  return new UnknownOutcome(`The cluster ${server.origin} was asked to ${what} and did not answer ${how}`);
}

/** An abort of our own deadline: the caller's was told apart before. */
function isTimeOver(error: unknown): boolean {
  return (
    error instanceof TimeOver ||
    (typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError')
  );
}
