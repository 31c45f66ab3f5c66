import { access } from 'node:fs/promises';
import type Docker from 'dockerode';
import { ActionError, UnknownOutcome } from '../../actions/action.js';

/** The Docker engine of `DOCKER_HOST`, else the one of this machine. Its library is loaded when it is first asked. */
export interface DockerEngine {
  /**
   * Asks the engine. What it answers with an error becomes an `ActionError` for people; a request that was sent and not
   * answered is an `UnknownOutcome`, unless it only reads. `what`: `stop bev_redis`.
   */
  ask<T>(what: string, request: (docker: Docker) => Promise<T>, options?: { reads?: boolean }): Promise<T>;
}

/** What the engine says about a request, by the HTTP status of its answer. */
export class DockerRefusal extends ActionError {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message, { code: `docker_${status}`, retryable: status >= 500 || status === 409 });
  }
}

export function createDockerEngine(host: string | undefined): DockerEngine {
  let docker: Promise<Docker> | undefined;
  const where = host ?? 'unix:///var/run/docker.sock';
  return {
    async ask(what, request, { reads = false } = {}) {
      try {
        // A machine without Docker does not pay for its library.
        if (docker === undefined) await requireSocket(where);
        docker ??= connect(host);
        return await request(await docker);
      } catch (error) {
        throw explained(error, what, where, reads);
      }
    },
  };
}

/** Rejects as a connection to it would. */
async function requireSocket(where: string): Promise<void> {
  const url = new URL(where);
  if (url.protocol === 'unix:') await access(url.pathname);
}

async function connect(host: string | undefined): Promise<Docker> {
  const { default: Library } = await import('dockerode');
  if (host === undefined) return new Library();
  const url = new URL(host);
  if (url.protocol === 'unix:') return new Library({ socketPath: url.pathname });
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  return new Library({ protocol, host: url.hostname, port: url.port || '2375' });
}

type ErrorLike = Pick<Error, 'name' | 'message'>;

function isErrorLike(error: unknown): error is ErrorLike {
  return typeof error === 'object' && error !== null && 'message' in error && 'name' in error;
}

/** Nothing was sent: nothing changed. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOENT', 'EACCES', 'ENOTFOUND', 'EHOSTUNREACH']);

function explained(error: unknown, what: string, where: string, reads: boolean): unknown {
  if (error instanceof ActionError || !isErrorLike(error) || error.name === 'AbortError') return error;
  const status = numberOf(error, 'statusCode');
  if (status !== undefined) return new DockerRefusal(status, `Docker refused to ${what}: ${saidBy(error)}`);
  const code = 'code' in error ? String(error.code) : '';
  if (NOT_SENT.has(code)) {
    const why = code === 'EACCES' ? 'this user may not use it' : 'nothing answers there';
    return new ActionError(`The Docker engine at ${where} cannot be reached (${why}), so it could not ${what}.`, {
      code: 'docker_unreachable',
    });
  }
  if (reads)
    return new ActionError(`The Docker engine did not answer: ${error.message}`, { code: 'docker_unanswered' });
  return new UnknownOutcome(`Docker was asked to ${what} and did not answer: ${error.message}`);
}

/** `(HTTP code 404) no such container - No such container: x` without the library's own words around it. */
function saidBy(error: ErrorLike): string {
  const json = 'json' in error ? error.json : undefined;
  if (typeof json === 'object' && json !== null && 'message' in json) return String(json.message);
  return error.message.replace(/^\(HTTP code \d+\)\s*/, '').trim();
}

function numberOf(error: object, key: string): number | undefined {
  const value = Reflect.get(error, key);
  return typeof value === 'number' ? value : undefined;
}
