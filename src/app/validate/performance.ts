import { type Check, must, passed, skipped, within } from './check.js';

const HEALTH_MS = 5_000;
/** Of the planner's document: a plan for a person who waits. */
const PLAN_MS = 1_000;
const QUERIES = 100;
/** Of the Recovery Orchestrator document: queries of the status a second. */
const QUERIES_PER_SECOND = 100;

/** Bounds: Auto-Recovery document, "Performance Requirements". */
export const PERFORMANCE: readonly Check[] = [
  {
    says: 'the health check answers within 5 s',
    run: async ({ ask }) => within((await ask('GET', '/health', { token: null })).tookMs, HEALTH_MS),
  },
  {
    says: 'more than 100 queries of the status are answered a second',
    async run({ ask }) {
      const began = performance.now();
      const answers = await Promise.all(Array.from({ length: QUERIES }, () => ask('GET', '/status')));
      must(
        answers.every(({ status }) => status === 200),
        `not all of ${QUERIES} queries were answered`,
      );
      const perSecond = QUERIES / ((performance.now() - began) / 1_000);
      must(perSecond > QUERIES_PER_SECOND, `${Math.round(perSecond)} a second`);
      return passed(`${Math.round(perSecond)} a second`);
    },
  },
  {
    says: 'a plan is made within 1 s',
    async run({ ask, services: [service] }) {
      if (service === undefined) return skipped('no services are configured');
      const { status, tookMs } = await ask('POST', `/recover/${service}`, { body: { dry_run: true } });
      // A service that nothing can be done for is told so just as quickly.
      must(status === 200 || status === 404 || status === 422, `answered ${status}`);
      return within(tookMs, PLAN_MS);
    },
  },
];
