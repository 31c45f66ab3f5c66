import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';

/**
 * A state with a lock that outlives whoever took it, as those in a cloud do.
 * Source: developer.hashicorp.com/terraform/language/backend/http.
 */
export interface StateServer {
  /** For a configuration. */
  backend: string;
  /** Who holds it. */
  lock(): string | undefined;
  /** Frees it, as `terraform force-unlock` does. */
  free(): void;
  close(): Promise<void>;
}

const lockSchema = z.object({ ID: z.string() });

export async function startStateServer(): Promise<StateServer> {
  let state = '';
  let held: string | undefined;
  const idOf = (text: string): string => lockSchema.parse(JSON.parse(text)).ID;
  const answers: Record<string, (body: string) => [status: number, body: string]> = {
    GET: () => (state ? [200, state] : [404, '']),
    POST(body) {
      state = body;
      return [200, ''];
    },
    LOCK(body) {
      if (held !== undefined) return [423, held];
      held = body;
      return [200, ''];
    },
    UNLOCK(body) {
      if (held === undefined || (body && idOf(held) !== idOf(body))) return [409, held ?? ''];
      held = undefined;
      return [200, ''];
    },
  };
  const server = createServer(async (request, response) => {
    const [status, text] = answers[request.method ?? '']?.(await bodyOf(request)) ?? [405, ''];
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/state`;
  return {
    backend: `terraform {
  backend "http" {
    address        = "${url}"
    lock_address   = "${url}"
    unlock_address = "${url}"
    lock_method    = "LOCK"
    unlock_method  = "UNLOCK"
  }
}
`,
    lock: () => held,
    free() {
      held = undefined;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
