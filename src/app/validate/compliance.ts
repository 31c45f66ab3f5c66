import { type Check, must, passed, skipped } from './check.js';
import { listShape, problemShape, recoveryShape, statusShape } from './shapes.js';

/** What looks like a secret in an answer: a password in a URL, or a key with a value. */
const SECRET = /:\/\/[^\s/:@]*:(?!\*)[^\s/@*]+@|"(password|secret|token|api_key)"\s*:\s*"[^"*]{8,}"/i;

export const COMPLIANCE: readonly Check[] = [
  {
    says: 'nothing is told or done without a token',
    async run({ ask }) {
      for (const [method, path] of [
        ['GET', '/status'],
        ['GET', '/recoveries'],
        ['GET', '/metrics'],
        ['POST', '/recover/any'],
      ] as const) {
        const { status } = await ask(method, path, { token: null });
        must(status === 401, `${method} ${path} answered ${status}`);
      }
      return undefined;
    },
  },
  {
    says: 'a wrong token is refused',
    async run({ ask }) {
      const { status } = await ask('GET', '/status', { token: 'reviver-validate-wrong-token' });
      must(status === 401, `answered ${status}`);
      return undefined;
    },
  },
  {
    says: 'the constitution is named',
    async run({ ask }) {
      const { constitutional_hash: hash } = statusShape.parse((await ask('GET', '/status')).body);
      must(/^[0-9a-f]{8,64}$/.test(hash), `"${hash}" is no hash`);
      return passed(hash);
    },
  },
  {
    says: 'the constitution holds: the file that is there is a pinned one',
    async run({ ask, services: [service] }) {
      if (service === undefined) return skipped('no services are configured, so there is nothing to plan');
      const { status, body } = await ask('POST', `/recover/${service}`, { body: { dry_run: true } });
      must(status !== 403, problemShape.safeParse(body).data?.detail ?? 'a plan was refused');
      return undefined;
    },
  },
  {
    says: 'a recovery is kept with who asked for it and all that happened',
    async run({ ask }) {
      const [newest] = listShape.parse((await ask('GET', '/recoveries?limit=1')).body).items;
      if (newest === undefined) return skipped('there was no recovery yet');
      const { id, requested_by: by } = recoveryShape.parse(newest);
      must(by !== '', `${id} names nobody`);
      const { items } = listShape.parse((await ask('GET', `/recoveries/${id}/events`)).body);
      must(items.length > 0, `${id} has no events`);
      return passed(`${id} by ${by}: ${items.length} events`);
    },
  },
  {
    says: 'answers hold no secrets',
    async run({ ask }) {
      for (const path of ['/status', '/recoveries?limit=50', '/metrics', '/health'])
        must(!SECRET.test((await ask('GET', path)).text), `${path} holds what looks like one`);
      return undefined;
    },
  },
];
