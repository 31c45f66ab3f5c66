import type { IncomingMessage } from 'node:http';

export interface HttpRequest {
  method: string;
  headers?: Record<string, string>;
  body?: string;
  /** Bytes of the answer kept, from its beginning; default 0: the status alone. */
  maxBody?: number;
  /** Certificates of the server's authority, PEM; absent: those that Node knows. */
  ca?: string | undefined;
}

export interface HttpAnswer {
  status: number;
  body: string;
}

/** One request on a connection of its own; redirects are not followed. Rejects when there is no answer. */
export async function httpRequest(url: URL, wanted: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  signal.throwIfAborted();
  const { method, headers, body, maxBody = 0, ca } = wanted;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method, headers, agent: false, signal, ...(ca === undefined ? {} : { ca }) },
      (answer) => {
        readBody(answer, maxBody).then((text) => resolve({ status: answer.statusCode ?? 0, body: text }), reject);
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

async function readBody(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  if (maxBytes > 0) {
    for await (const chunk of answer) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      size += bytes.length;
      if (size >= maxBytes) break;
    }
  }
  answer.destroy();
  return Buffer.concat(chunks).subarray(0, maxBytes).toString('utf8');
}
