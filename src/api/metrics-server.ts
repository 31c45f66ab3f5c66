import { DEFAULT_LIMITS } from './limits.js';
import { createListener, type Listener } from './listener.js';
import type { Scrape } from './routes/metrics.js';

/** `/metrics` without a token, on a port of its own, which is for the inner network only. */
export function createMetricsServer(scrape: Scrape): Pick<Listener, 'listen' | 'close'> {
  return createListener(async (req, res) => {
    const path = req.url?.split('?')[0];
    if (path !== '/metrics') return void res.writeHead(404).end();
    if (req.method !== 'GET' && req.method !== 'HEAD') return void res.writeHead(405, { Allow: 'GET' }).end();
    try {
      const { type, text } = await scrape();
      res.writeHead(200, { 'Content-Type': type }).end(text);
    } catch {
      res.writeHead(503).end();
    }
  }, DEFAULT_LIMITS);
}
