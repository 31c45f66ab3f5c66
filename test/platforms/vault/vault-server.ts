import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Answer, type Receiver, startReceiver } from '../receiver.js';

/**
 * A Vault with one KV engine of version 2, AppRole and its token store, as its HTTP API has them; it refuses what Vault
 * refuses, and whatever Reviver has no reason to ask. Source: https://developer.hashicorp.com/vault/api-docs
 */
export interface VaultServer extends Receiver {
  /** Writes a new version. */
  put(path: string, data: Record<string, unknown>): void;
  /** Deletes the newest version; its number stays. */
  deleteNewest(path: string): void;
  /** A token that somebody made by hand; `ttlS` 0: it never ends. */
  issue(more?: { ttlS?: number; renewable?: boolean }): string;
  /** All tokens end at once. */
  revokeAll(): void;
  sealed: boolean;
  /** Moves its clock. */
  advance(seconds: number): void;
  role: { roleId: string; secretId: string };
  logins: number;
  renewals: number;
  /** Requests that it refused, and why. */
  refused: string[];
}

interface Token {
  endsAtMs: number;
  ttlS: number;
  renewable: boolean;
}

const MOUNT = 'secret';
const login = z.strictObject({ role_id: z.string(), secret_id: z.string() });

export async function startVault({ ttlS = 3_600 }: { ttlS?: number } = {}): Promise<VaultServer> {
  const versions = new Map<string, { data: Record<string, unknown> | null; version: number }>();
  const tokens = new Map<string, Token>();
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const json = (status: number, body: unknown): Answer => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const refuse = (status: number, ...errors: string[]): Answer => {
    server.refused.push(`${status} ${errors.join(', ')}`);
    return json(status, { errors });
  };

  function issue(given: { ttlS?: number; renewable?: boolean } = {}): string {
    const token = `hvs.${randomUUID().replaceAll('-', '')}`;
    const { ttlS: life = ttlS, renewable = life > 0 } = given;
    tokens.set(token, { endsAtMs: life > 0 ? now() + life * 1_000 : Number.POSITIVE_INFINITY, ttlS: life, renewable });
    return token;
  }

  function auth(token: string): Answer {
    const { ttlS: lease_duration, renewable } = tokens.get(token) ?? { ttlS: 0, renewable: false };
    return json(200, {
      lease_id: '',
      data: null,
      auth: { client_token: token, lease_duration, renewable, policies: ['reviver'] },
    });
  }

  const receiver = await startReceiver((request, body) => {
    const { method = '', url = '', headers } = request;
    const token = String(headers['x-vault-token'] ?? '');
    if (server.sealed) return refuse(503, 'Vault is sealed');
    if (method === 'POST' && url === '/v1/auth/approle/login') {
      const given = login.safeParse(JSON.parse(body));
      if (!given.success) return refuse(400, 'missing role_id');
      if (given.data.role_id !== server.role.roleId || given.data.secret_id !== server.role.secretId)
        return refuse(400, 'invalid role or secret ID');
      server.logins += 1;
      return auth(issue());
    }
    const held = tokens.get(token);
    if (!held || held.endsAtMs <= now()) return refuse(403, 'permission denied');
    if (method === 'POST' && url === '/v1/auth/token/renew-self') {
      if (!held.renewable) return refuse(400, 'lease is not renewable');
      server.renewals += 1;
      held.endsAtMs = now() + held.ttlS * 1_000;
      return auth(token);
    }
    const [, path] = new RegExp(`^/v1/${MOUNT}/data/([\\w./-]+)$`).exec(url) ?? [];
    if (method !== 'GET' || path === undefined) return refuse(404);
    if (path.startsWith('forbidden')) return refuse(403, '1 error occurred:\n\t* permission denied\n\n');
    const found = versions.get(path);
    if (!found) return refuse(404);
    const metadata = { version: found.version, created_time: new Date(now()).toISOString(), destroyed: false };
    return json(found.data === null ? 404 : 200, { request_id: randomUUID(), data: { data: found.data, metadata } });
  });
  const server: VaultServer = Object.assign(receiver, {
    put: (path: string, data: Record<string, unknown>) =>
      void versions.set(path, { data, version: (versions.get(path)?.version ?? 0) + 1 }),
    deleteNewest: (path: string) => void versions.set(path, { data: null, version: versions.get(path)?.version ?? 1 }),
    issue,
    revokeAll: () => tokens.clear(),
    sealed: false,
    advance: (seconds: number) => {
      aheadMs += seconds * 1_000;
    },
    role: { roleId: randomUUID(), secretId: randomUUID() },
    logins: 0,
    renewals: 0,
    refused: [],
  });
  return server;
}
