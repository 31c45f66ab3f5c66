import { type Check, must, passed, skipped } from './check.js';
import { planShape, problemShape, statusShape } from './shapes.js';

/** A mistake is answered as such, and whatever is asked for has an answer. */
export const RELIABILITY: readonly Check[] = [
  {
    says: 'a worker is alive, so that something would be done',
    async run({ ask }) {
      const { body } = await ask('GET', '/status');
      must(statusShape.parse(body).orchestrator_running, 'no worker is alive: reviver start --role worker');
      return undefined;
    },
  },
  {
    says: 'an unknown service is refused, with a sentence',
    async run({ ask }) {
      const { status, body } = await ask('POST', '/recover/reviver-validate-no-such-service', {
        body: { dry_run: true },
      });
      must(status === 404, `answered ${status}`);
      problemShape.parse(body);
      return undefined;
    },
  },
  {
    says: 'a mistake in a request is refused, and names the field',
    async run({ ask }) {
      const { status, text } = await ask('POST', '/recover/any', { body: { priority: 99, dry_run: true } });
      must(status === 422 && text.includes('priority'), `answered ${status}`);
      return undefined;
    },
  },
  {
    says: 'every service has a plan for its failure, those that it depends on included',
    async run({ ask, services }) {
      if (services.length === 0) return skipped('no services are configured');
      const without: string[] = [];
      for (const service of services) {
        const { status, body } = await ask('POST', `/recover/${service}`, { body: { dry_run: true } });
        if (status !== 200 || planShape.parse(body).steps.length === 0) without.push(service);
      }
      must(without.length === 0, `none for ${without.join(', ')}: add a runbook or a recovery strategy`);
      return passed(`${services.length} services`);
    },
  },
];
