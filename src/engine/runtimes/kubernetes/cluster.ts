import { z } from 'zod';
import { ActionError } from '../../actions/action.js';
import { deadline } from '../../health/within.js';
import { type Connection, connect } from './connect.js';
import { refusalOf, unanswered } from './refusal.js';
import { type ClusterRequest, eachLine, read, send } from './send.js';

/** One cluster, as one context of the kubeconfig reaches it. Its library is loaded when it is first asked. */
export interface Cluster {
  /** For people: the server's address. */
  where(): Promise<string>;
  /** The context's own namespace. */
  namespace(): Promise<string>;
  /**
   * Asks the API server, for `ANSWER_WITHIN_MS` at most. What it refuses is a `ClusterRefusal` for people; a change that was
   * sent and not answered is an `UnknownOutcome`. `what`: `scale deployment shop/web`.
   */
  ask<T>(what: string, request: ClusterRequest, answer: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  text(what: string, request: ClusterRequest, signal?: AbortSignal): Promise<string>;
  /** Each line of an answer that goes on, until the server ends it or `signal` aborts. */
  lines(what: string, request: ClusterRequest, each: (line: string) => void, signal: AbortSignal): Promise<void>;
}

/** The cluster of a context; without one, of the current context. */
export type Clusters = (context?: string) => Cluster;

const ANSWER_WITHIN_MS = 10_000;
const UNAUTHORISED = 401;

/** @param kubeconfig path of the file, several divided as in PATH; absent: the user's own, else the pod's service account */
export function createClusters(kubeconfig: string | undefined): Clusters {
  const known = new Map<string, Cluster>();
  return (context = '') => {
    const cluster = known.get(context) ?? createCluster(() => connect(kubeconfig, context || undefined));
    known.set(context, cluster);
    return cluster;
  };
}

function createCluster(open: () => Promise<Connection>): Cluster {
  let opened: Promise<Connection> | undefined;
  const connection = (): Promise<Connection> => {
    opened ??= open().catch((error: unknown) => {
      // A file that is mended is read at the next question.
      opened = undefined;
      throw error;
    });
    return opened;
  };

  async function text(what: string, request: ClusterRequest, outer?: AbortSignal): Promise<string> {
    const to = await connection();
    const { signal, clear } = deadline(ANSWER_WITHIN_MS, outer);
    try {
      const answer = await send(to, request, signal);
      const said = await read(answer);
      const status = answer.statusCode ?? 0;
      if (status < 300) return said;
      // Credentials are short-lived where they are rotated: the file has newer ones by then.
      if (status === UNAUTHORISED) opened = undefined;
      throw refusalOf(what, status, said, to);
    } catch (error) {
      outer?.throwIfAborted();
      throw unanswered(error, what, to, (request.method ?? 'GET') === 'GET');
    } finally {
      clear();
    }
  }

  return {
    where: async () => (await connection()).server.origin,
    namespace: async () => (await connection()).namespace,
    text,
    ask: async (what, request, answer, signal) => understood(what, await text(what, request, signal), answer),
    async lines(what, request, each, signal) {
      const to = await connection();
      const beginning = deadline(ANSWER_WITHIN_MS, signal);
      const open = new AbortController();
      const end = (): void => open.abort();
      beginning.signal.addEventListener('abort', end);
      signal.addEventListener('abort', end);
      try {
        const answer = await send(to, request, open.signal);
        if (answer.statusCode !== 200) throw refusalOf(what, answer.statusCode ?? 0, await read(answer), to);
        // Only its beginning is awaited: between two lines there may be an hour.
        beginning.signal.removeEventListener('abort', end);
        await eachLine(answer, each);
      } catch (error) {
        signal.throwIfAborted();
        throw unanswered(error, what, to, true);
      } finally {
        beginning.clear();
        beginning.signal.removeEventListener('abort', end);
        signal.removeEventListener('abort', end);
        open.abort();
      }
    },
  };
}

function understood<T>(what: string, said: string, answer: z.ZodType<T>): T {
  try {
    return answer.parse(JSON.parse(said));
  } catch (error) {
    const where = error instanceof z.ZodError ? ` at ${error.issues[0]?.path.join('.')}` : '';
    throw new ActionError(`The cluster was asked to ${what}, and its answer is not understood${where}.`, {
      code: 'kubernetes_answer',
      retryable: false,
    });
  }
}
