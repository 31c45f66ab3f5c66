import { type Check, must, passed, skipped } from './check.js';

/** Calls that one service must bear at once: Auto-Recovery document. */
const AT_ONCE = 100;
const LARGE = 5_000_000;

export const CHAOS: readonly Check[] = [
  {
    says: '100 calls at once are all answered',
    async run({ ask }) {
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => ask('GET', '/recoveries?limit=1')));
      const bad = answers.filter(({ status }) => status !== 200);
      must(bad.length === 0, `${bad.length} were answered with ${bad[0]?.status}`);
      return passed(`the slowest in ${Math.round(Math.max(...answers.map(({ tookMs }) => tookMs)))} ms`);
    },
  },
  {
    says: 'a body that is too large is refused, and the next call is answered',
    async run({ ask }) {
      // Some servers cut the connection before all of it is sent: that is a refusal, too.
      const large = await ask('POST', '/recover/any', { body: { reason: 'x'.repeat(LARGE) } }).catch(() => undefined);
      must(large === undefined || large.status === 413, `answered ${large?.status}`);
      must((await ask('GET', '/status')).status === 200, 'the next call was not answered');
      return undefined;
    },
  },
  {
    says: 'it works on without its Postgres, its Redis and a quick network',
    run: async () =>
      skipped(
        'breaks things, so it is yours to do: tools/chaos/kill_redis.sh --help says how to allow it; run kill_redis.sh, kill_pg.sh or lag_network.sh 150, then this again',
      ),
  },
];
