import { setTimeout as sleep } from 'node:timers/promises';
import { transactions } from '../services.mjs';
import { inSession } from '../session/session.mjs';

/**
 * Commits a plan that runs alone costs: those of a session with plans, less those of an idle session that lasts as
 * long, which holds the start, the end, lease renewals and polls. `writing` have something to make durable (each takes
 * a transaction id); `all` counts reads too.
 */
export async function countCommits(peer, place, plans) {
  let workedMs = 0;
  const busy = await counted(place, () =>
    inSession(peer, place, {}, async ({ call }) => {
      const began = performance.now();
      await call('alone', { plans });
      workedMs = performance.now() - began;
    }),
  );
  const idle = await counted(place, () => inSession(peer, place, {}, () => sleep(workedMs)));
  return { writing: (busy.writing - idle.writing) / plans, all: (busy.all - idle.all) / plans, plans };
}

async function counted(place, work) {
  const before = await transactions(place);
  await work();
  const after = await transactions(place);
  return { all: after.all - before.all, writing: after.writing - before.writing };
}
