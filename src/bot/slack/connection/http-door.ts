import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { HTTPModuleFunctions } from '@slack/bolt';
import type { Log } from '../../../engine/ports.js';
import type { Deliver } from './deliver.js';
import { redact } from './redact.js';

export interface HttpDoorOptions {
  signingSecret: string;
  /** undefined: not started yet. */
  deliver(): Deliver | undefined;
  log: Log;
  now?(): number;
}

const LONGEST_BODY = 2 * 1024 * 1024;
/** Slack gives up after 3 s; then nothing that is sent is heard. */
const DEADLINE_MS = 2_900;
/** Both ways: Bolt itself refuses only what is too old. */
const MAX_SKEW_S = 300;
const FORM = 'application/x-www-form-urlencoded';

const { parseAndVerifyHTTPRequest, parseHTTPRequestBody, buildContentResponse } = HTTPModuleFunctions;
const { extractRetryNumFromHTTPRequest, extractRetryReasonFromHTTPRequest, isRawBodyError } = HTTPModuleFunctions;

/**
 * Where Slack sends events, commands and clicks. It must stand before anything that reads bodies: the signature is over
 * the bytes. Whatever is not signed, or not of these minutes, is refused without a word.
 */
export function createHttpDoor({ signingSecret, deliver, log, now = Date.now }: HttpDoorOptions): RequestListener {
  async function read(req: IncomingMessage): Promise<Record<string, unknown>> {
    // Bolt knows the type of a form only without parameters, which proxies like to add.
    if (req.headers['content-type']?.toLowerCase().startsWith(FORM)) req.headers['content-type'] = FORM;
    const bodyLimit = LONGEST_BODY;
    const buffered = await parseAndVerifyHTTPRequest({ enabled: true, signingSecret, bodyLimit }, req);
    const body: Record<string, unknown> = parseHTTPRequestBody(buffered);
    const skew = Math.abs(now() / 1_000 - Number(req.headers['x-slack-request-timestamp']));
    if (body.ssl_check !== '1' && !(skew <= MAX_SKEW_S)) throw new Error('the timestamp is not of these minutes');
    return body;
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.method !== 'POST') return end(res, 405);
    const body = await read(req).catch((error: unknown) => {
      log('warn', 'slack:request_refused', { error: redact(String(error)).slice(0, 200) });
      return statusOf(error);
    });
    if (typeof body === 'number') return end(res, body);
    if (body.ssl_check === '1') return end(res, 200);
    if (body.type === 'url_verification') return buildContentResponse(res, { challenge: String(body.challenge) });
    const hand = deliver();
    // Events come again, and whoever typed a command is told by Slack.
    if (!hand) return end(res, 503);
    const retryNum = extractRetryNumFromHTTPRequest(req);
    const retryReason = extractRetryReasonFromHTTPRequest(req);
    const delivery = { body, ...(retryNum === undefined ? {} : { retryNum }), ...(retryReason ? { retryReason } : {}) };
    await hand(delivery, async (payload) => {
      if (!res.headersSent) buildContentResponse(res, payload);
    });
  }

  return (req, res) => {
    const late = setTimeout(() => end(res, 503), DEADLINE_MS);
    res.once('close', () => clearTimeout(late));
    handle(req, res).catch((error: unknown) => {
      log('error', 'slack:request_failed', { error: redact(String(error)).slice(0, 500) });
      end(res, 500);
    });
  };
}

function statusOf(error: unknown): number {
  if (isRawBodyError(error)) return 413;
  return error instanceof SyntaxError ? 400 : 401;
}

function end(res: ServerResponse, status: number): void {
  if (res.headersSent) return;
  res.writeHead(status, { connection: 'close' }).end();
}
