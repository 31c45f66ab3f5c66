import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { GenericSource } from '../engine/alerts/mapping.js';
import type { Engine } from '../engine/engine.js';
import { NotFound } from '../engine/model/errors.js';
import type { KeptAnswers } from '../engine/model/kept-answers.js';
import type { Log } from '../engine/ports.js';
import { createAuthenticate, type Tokens } from './authentication.js';
import { createBytesReader, createJsonReader } from './body.js';
import { eventStream, type Subscribe } from './event-stream.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import { createListener } from './listener.js';
import { createOnce } from './once.js';
import { openApi } from './openapi.js';
import { isInternal, problemOf } from './problem.js';
import { createRefusals } from './refusals.js';
import type { Route } from './route.js';
import { mountRoutes } from './router.js';
import type { ReadAudit } from './routes/audit.js';
import { docsRoute } from './routes/docs.js';
import type { HealthParts } from './routes/health.js';
import { routeTable } from './routes/index.js';
import type { Scrape } from './routes/metrics.js';
import { openApiRoute } from './routes/openapi.js';
import type { WebhookParts } from './routes/webhooks.js';
import { mountSockets, type SocketNews, type SocketRoute } from './sockets.js';
import { versionPrefix } from './version-prefix.js';
import { createWaitForEnd } from './wait-for-end.js';
import { type AlertSecrets, createKnowSender } from './webhooks/senders.js';

export interface ApiOptions extends HealthParts, SocketNews {
  engine: Engine;
  tokens: Tokens;
  scrape: Scrape;
  subscribe: Subscribe;
  /** Absent: nothing is sealed here. */
  audit?: ReadAudit;
  /** Of requests with an `Idempotency-Key`. */
  answers: KeptAnswers;
  log: Log;
  limits?: Partial<Limits>;
  /** Each answered request; `route` is the row's path, so that there are few different ones. */
  onRequest?(request: AnsweredRequest): void;
  /** Does the work of a request as a part of what its client has begun: of the trace of its `traceparent`. */
  continuing?(traceparent: string | undefined, work: () => void): void;
  /** Who may send alerts, and how they are read and counted. */
  alerts?: Partial<AlertDoor>;
  /** Rows, sockets and whole sub-trees of others: the console, webhooks of platforms. */
  routes?: readonly Route[];
  sockets?: readonly SocketRoute[];
  /** Origins of pages that may open a WebSocket, besides our own. */
  origins?: readonly string[];
  mounts?: readonly Mount[];
}

export interface AlertDoor extends Pick<WebhookParts, 'onTaken' | 'onRefused'> {
  secrets: AlertSecrets;
  generic: readonly GenericSource[];
}

export interface AnsweredRequest {
  method: string;
  route: string;
  status: number;
  durationMs: number;
}

/** A sub-tree that authenticates by itself. It gets requests below `path`, with `path` cut off their URL. */
export interface Mount {
  path: string;
  handle: RequestListener;
}

export interface Api {
  app: Express;
  /** The port that was bound. */
  listen(port: number, host: string): Promise<number>;
  close(): Promise<void>;
}

/** The machines' door: REST, WebSocket events and the API document. Nothing listens before `listen`. */
export function createApi(options: ApiOptions): Api {
  const { engine, log } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const refusals = createRefusals((who, facts) => engine.refused('token', who, { ...facts, via: 'api' }), log);
  const authenticate = createAuthenticate(options.tokens, () => engine.people(), limits, log, refusals.denied);
  const sockets = [
    eventStream(options.subscribe, async (id) => (await engine.view(id)).recovery.service),
    ...(options.sockets ?? []),
  ];
  const waitForEnd = createWaitForEnd(engine, options.subscribe);
  const { secrets = NO_SECRETS, generic = [], ...counted } = options.alerts ?? {};
  const webhooks = {
    generic,
    bodyDepth: limits.bodyDepth,
    ...counted,
    knowSender: createKnowSender(secrets, options.tokens, limits, log),
  };
  const routes: Route[] = [...routeTable({ ...options, limits, waitForEnd, webhooks }), ...(options.routes ?? [])];
  routes.push(docsRoute());
  routes.push(openApiRoute(() => openApi(routes, sockets, options.version)));

  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use(outermost(options.onRequest), versionPrefix());
  const { continuing } = options;
  if (continuing) app.use((req, _res, next) => continuing(req.get('traceparent'), next));
  for (const { path, handle } of options.mounts ?? []) app.use(path, handle);
  const read = { readJson: createJsonReader(limits), readBytes: createBytesReader(limits.webhookBytes) };
  const once = createOnce(options.answers, log);
  mountRoutes(app, routes, { engine, authenticate, ...read, once, limits, log });
  app.use((req) => {
    throw new NotFound('page', req.path.slice(0, 80));
  });
  app.use(lastResort(log));

  const listener = createListener(app, limits);
  const open = mountSockets(listener.server, sockets, {
    ...options,
    authenticate,
    limits,
    origins: options.origins ?? [],
  });
  return {
    app,
    listen: listener.listen,
    close: async () => {
      await open.close();
      await listener.close();
      await refusals.close();
    },
  };
}

const NO_SECRETS: AlertSecrets = { tokens: [], hmac: [], pagerduty: [] };

function outermost(onRequest: ApiOptions['onRequest']): RequestHandler {
  return (req, res, next) => {
    const began = performance.now();
    res.set({ 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' });
    res.once('close', () => {
      const route = typeof res.locals.route === 'string' ? res.locals.route : 'other';
      onRequest?.({ method: req.method, route, status: res.statusCode, durationMs: performance.now() - began });
    });
    next();
  };
}

/** Express knows an error handler by its four parameters. */
function lastResort(log: Log): ErrorRequestHandler {
  return (error, req, res, _next) => {
    const id = randomUUID();
    const problem = problemOf(error, req.path, id);
    if (isInternal(problem)) {
      const stack = error instanceof Error ? error.stack : String(error);
      log('error', 'api:internal_error', { id, method: req.method, path: req.path, error: stack });
    }
    if (res.headersSent) return void res.destroy();
    res.status(problem.status).set(problem.headers).end(JSON.stringify(problem.body));
  };
}
