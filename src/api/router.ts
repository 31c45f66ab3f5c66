import type { Express, Request, Response } from 'express';
import type { Engine } from '../engine/engine.js';
import { UserError } from '../engine/model/errors.js';
import type { Principal } from '../engine/model/person.js';
import type { Log } from '../engine/ports.js';
import { type Authenticate, requireRole } from './authentication.js';
import type { ReadBytes, ReadJson } from './body.js';
import { readConditions } from './conditions.js';
import type { Limits } from './limits.js';
import { linkToNext } from './next-page.js';
import type { Once } from './once.js';
import { readPrefer } from './prefer.js';
import { createForbiddenLimit, quotaHeaders } from './rate-limit.js';
import type { Delivery, RawInput, Reply, Route } from './route.js';

export interface RouterParts {
  engine: Pick<Engine, 'refused'>;
  authenticate: Authenticate;
  readJson: ReadJson;
  readBytes: ReadBytes;
  once: Once;
  limits: Pick<Limits, 'forbidden' | 'forbiddenWindowMs'>;
  log: Log;
}

/** Puts the table of routes on Express; other methods on a known path are 405 with `Allow`. */
export function mountRoutes(app: Express, routes: readonly Route[], parts: RouterParts): void {
  const limited = createForbiddenLimit(parts.limits.forbidden, parts.limits.forbiddenWindowMs);
  for (const route of routes) {
    app[route.method](expressPath(route.path), async (req, res) => {
      res.locals.route = route.path;
      if (route.access === 'signed') return send(res, await route.run(deliveryOf(req, res, parts), ANYONE));
      const { who, token } = await identify(route, req, res, parts);
      // By route, so that nobody is kept from stopping a recovery by what else was refused.
      const reply = await limited(`${who.name} ${route.operation}`, async () => {
        await admit(route, who, parts);
        const body = takesBody(route) ? await parts.readJson(req, res) : {};
        const run = () => route.run(rawInput(req, res, body), who);
        if (!takesKey(route)) return run();
        const key = req.get('idempotency-key');
        return parts.once({ key, owner: token, method: req.method, url: req.url, body }, run);
      });
      send(res, reply, linkToNext(route, req.url, reply));
    });
  }
  for (const [path, methods] of methodsByPath(routes)) {
    const allow = methods.map((method) => method.toUpperCase()).join(', ');
    app.all(expressPath(path), (req) => {
      throw new UserError('method_not_allowed', `${req.method} is not possible here; use ${allow}.`, { allow });
    });
  }
}

/** An answered client is gone, too: there is nobody left who waits. */
function goneOf(res: Response): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  if (res.closed) gone.abort();
  return gone.signal;
}

export function takesBody(route: Pick<Route, 'method'>): boolean {
  return route.method === 'post' || route.method === 'put';
}

/** An `Idempotency-Key` counts for what a token asks to be done. */
export function takesKey(route: Pick<Route, 'method' | 'access'>): boolean {
  return route.method === 'post' && !isOpen(route.access);
}

/** Nobody is asked for a token before the route is run. */
function isOpen(access: Route['access']): access is 'public' | 'signed' {
  return access === 'public' || access === 'signed';
}

/** Who sent it is the route's own question, so that nothing is counted against anybody here. */
function deliveryOf(req: Request, res: Response, { readBytes }: RouterParts): RawInput {
  const delivery: Delivery = {
    bytes: () => readBytes(req, res),
    header: (name) => req.get(name),
    address: req.socket.remoteAddress ?? 'unknown',
  };
  return { ...rawInput(req, res, {}), delivery };
}

function rawInput(req: Request, res: Response, body: unknown): RawInput {
  return {
    params: req.params,
    query: req.query,
    body,
    prefer: readPrefer(req.get('prefer')),
    conditions: readConditions((name) => req.get(name)),
    gone: () => goneOf(res),
  };
}

const ANYONE: Principal = { name: 'anyone', roles: [], human: false, via: 'api' };

async function identify(
  route: Route,
  req: Request,
  res: Response,
  { authenticate }: RouterParts,
): Promise<{ who: Principal; token: string }> {
  if (isOpen(route.access)) return { who: ANYONE, token: '' };
  let token = '';
  const who = await authenticate(req.headers.authorization, req.socket.remoteAddress ?? 'unknown', (name, quota) => {
    token = name;
    res.set(quotaHeaders(quota));
  });
  return { who, token };
}

async function admit(route: Route, who: Principal, { engine, log }: RouterParts): Promise<void> {
  if (isOpen(route.access)) return;
  try {
    requireRole(who, route.access);
  } catch (refusal) {
    const facts = { via: who.via, roles: [...who.roles], need: [...route.access] };
    await engine
      .refused(`${route.method.toUpperCase()} ${route.path}`, who.name, facts)
      .catch((error: unknown) => log('error', 'api:refusal_not_recorded', { who: who.name, error: String(error) }));
    throw refusal;
  }
}

function send(res: Response, reply: Reply, more: Record<string, string> = {}): void {
  const headers = { ...reply.headers, ...more };
  const base = typeof res.locals.base === 'string' ? res.locals.base : '';
  if (headers.Location?.startsWith('/')) headers.Location = base + headers.Location;
  if (headers.Link) headers.Link = headers.Link.replace('</', `<${base}/`);
  res.status(reply.status).set(headers);
  if ('text' in reply) res.set('Content-Type', reply.type).end(reply.text);
  else res.json(reply.body);
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const byPath = new Map<string, string[]>();
  for (const { path, method } of routes) byPath.set(path, [...(byPath.get(path) ?? []), method]);
  return byPath;
}

function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
