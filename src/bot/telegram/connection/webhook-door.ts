import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Log } from '../../../engine/ports.js';

export interface DoorOptions {
  secret: string;
  /** Resolves when it is taken. Rejects while nothing can be taken: Telegram then delivers it again. */
  take(update: unknown): Promise<void>;
  log: Log;
}

const SECRET = 'x-telegram-bot-api-secret-token';
/** Far more than an update has. */
const MAX_BYTES = 1024 * 1024;

/**
 * What Telegram delivers to. 200 means: it is stored. What can never be understood is answered 200, too, for Telegram
 * would hold back everything else of that chat behind it.
 */
export function createWebhookDoor({ secret, take, log }: DoorOptions): RequestListener {
  const wanted = digest(secret);

  async function answer(req: IncomingMessage): Promise<number> {
    if (req.method !== 'POST') return 405;
    const given = req.headers[SECRET];
    if (secret === '' || typeof given !== 'string' || !timingSafeEqual(digest(given), wanted)) return 401;
    const body = await bodyOf(req);
    if (body === undefined) return 413;
    const update = parsed(body);
    if (update === undefined) {
      log('warn', 'telegram:not_json', { bytes: body.length });
      return 200;
    }
    try {
      await take(update);
      return 200;
    } catch (error) {
      log('warn', 'telegram:not_taken', { error: String(error) });
      return 503;
    }
  }

  return (req: IncomingMessage, res: ServerResponse) => {
    answer(req)
      .catch(() => 400)
      .then((status) => {
        if (status === 413) res.setHeader('connection', 'close');
        res.writeHead(status).end();
      });
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

async function bodyOf(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
