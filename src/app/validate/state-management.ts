import { type Check, must, passed, skipped } from './check.js';
import { listShape, planShape } from './shapes.js';

export const STATE_MANAGEMENT: readonly Check[] = [
  {
    says: 'snapshots of every service can be listed',
    async run({ ask, services }) {
      if (services.length === 0) return skipped('no services are configured');
      let kept = 0;
      for (const service of services) {
        const { status, body } = await ask('GET', `/snapshots/${service}`);
        must(status === 200, `those of ${service}: answered ${status}`);
        kept += listShape.parse(body).items.length;
      }
      return passed(`${kept} kept`);
    },
  },
  {
    says: 'a rollback to a snapshot is planned where there is one',
    async run({ ask, services }) {
      for (const service of services) {
        const { body } = await ask('GET', `/snapshots/${service}`);
        const listed = listShape.safeParse(body);
        if (!listed.success || listed.data.items.length === 0) continue;
        const plan = await ask('POST', `/recover/${service}`, { body: { strategy: 'rollback', dry_run: true } });
        must(plan.status < 500, `${service}: answered ${plan.status}`);
        if (plan.status === 200) return passed(`${service}: ${planShape.parse(plan.body).steps.length} steps`);
      }
      return skipped('no service has both a snapshot and the strategy rollback');
    },
  },
];
