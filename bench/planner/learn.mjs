import pg from 'pg';
import { benchPlanner, benchServices } from './bench-planner.mjs';
import { load, withDatabase } from './knowledge.mjs';

/** The same numbers for the same seed (mulberry32). */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const RECOVERIES = 1_000;
const SERVICES = 12;
const PLANS = ['restart', 'recreate', 'scale_up', 'failover', 'rollback'];
/** The best plan of a symptom works this often; the others far less, and differently. */
const BEST = 0.95;
const OTHERS = [0.05, 0.15, 0.3, 0.45];
/** For so many of all pairs of service and symptom another plan is the best than on the other services. */
const ODD = 0.05;
/** After this recovery the best plan of a symptom stops working, and another one takes its place. */
const CHANGE_AT = 600;
const TARGET = 0.9;

/** Each symptom has its alert, and is told in several people's words. */
const SYMPTOMS = [
  [
    'AppNotAnswering',
    'requests time out, event loop blocked',
    'gateway timeouts, workers hang',
    'no answer within 5 s, threads stuck',
  ],
  [
    'AppMemoryHigh',
    'heap exhausted, garbage collector thrashes',
    'out of memory, java heap space',
    'memory leak, resident set grows',
  ],
  [
    'AppErrorsAfterRelease',
    'errors since the last release',
    '500 on all pages after the rollout',
    'new version throws exceptions',
  ],
  [
    'AppQueueBacklog',
    'backlog grows, consumers too slow',
    'load average 40, cpu pegged',
    'traffic peak, cpu saturated',
  ],
  ['AppHostUnreachable', 'primary lost its network, no route to host', 'no ping', 'machine does not answer ssh'],
  [
    'AppVolumeReadOnly',
    'stale file handle on the volume',
    'mount hangs, input/output error',
    'read-only after an io error',
  ],
];

/** Which plan works how often, hidden from the planner: it depends on the symptom, and for some services on the service. */
function hiddenRates(random) {
  const shuffled = (list) =>
    [...list]
      .map((one) => [random(), one])
      .sort(([a], [b]) => a - b)
      .map(([, one]) => one);
  const ratesWith = (best) => {
    const others = shuffled(OTHERS);
    return Object.fromEntries(PLANS.map((plan) => [plan, plan === best ? BEST : others.pop()]));
  };
  const usual = SYMPTOMS.map((_, index) => ratesWith(PLANS[index % PLANS.length]));
  const odd = new Map();
  for (let service = 0; service < SERVICES; service += 1)
    for (let symptom = 0; symptom < SYMPTOMS.length; symptom += 1)
      if (random() < ODD) odd.set(`${service} ${symptom}`, ratesWith(shuffled(PLANS)[0]));
  const changed = new Map(
    [0, 3].map((symptom) => [symptom, ratesWith(shuffled(PLANS.filter((plan) => usual[symptom][plan] !== BEST))[0])]),
  );
  return (service, symptom, n) =>
    (n >= CHANGE_AT ? changed.get(symptom) : undefined) ?? odd.get(`${service} ${symptom}`) ?? usual[symptom];
}

/**
 * A thousand recoveries through the real planner and a real Postgres, each outcome learned before the next one. A plan works or
 * not by one throw for all of them, so that always-first, random and the oracle meet the very same luck.
 */
export async function learn(args) {
  const seed = Number(args[0] ?? 1);
  await withDatabase(async (url) => {
    const pool = new pg.Pool({ connectionString: url });
    try {
      await simulate(seed, pool);
    } finally {
      await pool.end();
    }
  });
}

async function simulate(seed, pool) {
  const world = await openWorld(pool);
  const random = seeded(seed);
  const ratesOf = hiddenRates(random);
  const score = { planner: [], oracle: [], 'always first': [], random: [] };
  let previous;
  let turn;
  for (let n = 0; n < RECOVERIES; n += 1) {
    const service = Math.floor(random() * SERVICES);
    const symptom = Math.floor(random() * SYMPTOMS.length);
    const [alert, ...told] = SYMPTOMS[symptom];
    const words = `${alert}: ${told[Math.floor(random() * told.length)]}`;
    const luck = random();
    const rates = ratesOf(service, symptom, n);
    const works = (plan) => luck < rates[plan];
    const plan = await world.plan(`svc-${service}`, words, n);
    score.planner.push(works(plan.name));
    score.oracle.push(works(PLANS.reduce((best, one) => (rates[one] > rates[best] ? one : best))));
    score['always first'].push(works(PLANS[0]));
    score.random.push(works(PLANS[Math.floor(random() * PLANS.length)]));
    await world.end(plan, works(plan.name), n);
    if (n >= CHANGE_AT && symptom === 0) {
      if (previous && previous !== plan.name) turn ??= { n, plan, from: previous };
    }
    if (symptom === 0) previous = plan.name;
  }
  print(seed, score, turn);
}

function print(seed, score, turn) {
  const share = (list) => list.filter(Boolean).length / list.length;
  const percent = (list) => `${(share(list) * 100).toFixed(1)} %`.padStart(8);
  console.log(
    `${RECOVERIES} recoveries, ${SERVICES} services, ${SYMPTOMS.length} symptoms, ${PLANS.length} plans, seed ${seed}; one symptom changes at ${CHANGE_AT}\n`,
  );
  console.log('first-attempt success     all   first 200   last 200   200 after the change');
  for (const [who, list] of Object.entries(score))
    console.log(
      `${who.padEnd(18)} ${percent(list)}    ${percent(list.slice(0, 200))}   ${percent(list.slice(-200))}   ${percent(list.slice(CHANGE_AT, CHANGE_AT + 200))}`,
    );
  console.log(
    `\n${share(score.planner) >= TARGET ? 'met   ' : 'MISSED'}  first-attempt success of the planner  ${percent(score.planner).trim()}  >= ${TARGET * 100} %`,
  );
  if (turn) {
    const other = turn.plan.alternatives.find(({ name }) => name === turn.from);
    console.log(
      `\nAfter the change, recovery ${turn.n + 1}: ${turn.plan.name} instead of ${turn.from}\n  why: ${turn.plan.explanation}\n  ${turn.from}: ${other?.whyNot ?? 'no longer among the three alternatives'}`,
    );
  }
}

/** The real planner on the real knowledge base; only the services and what plans do to them are made up. */
async function openWorld(pool) {
  const { createKnowledgeStore } = await load('store/knowledge-store');
  const { countOutcomes } = await load('engine/knowledge/count-outcomes');
  const { STRATEGIES } = await load('engine/planner/strategies/strategies');
  const store = createKnowledgeStore(pool);
  let now = Date.UTC(2026, 0, 1);
  // The steps of these plans are never carried out: any that compile will do.
  const compile = (service) => STRATEGIES.get('restart').compile(service);
  const makePlan = await benchPlanner({
    store,
    services: benchServices(SERVICES, 'svc', PLANS),
    strategies: new Map(PLANS.map((name) => [name, { name, description: name, compile }])),
    now: () => new Date(now),
  });
  return {
    plan: (service, title, n) =>
      makePlan({ service }, { name: 'bench', roles: [] }, { id: n, title: `${service}: ${title}`, severity: 0.5 }),
    async end(plan, succeeded, n) {
      now += 2 * 3_600_000;
      await pool.query(
        `INSERT INTO knowledge (kind, source, service, plan, body, recovery_id, succeeded, active_ms, at)
         VALUES ('outcome', $1, $2, $3, $4, $5, $6, 12000, $7)`,
        [`R-${n + 1}`, plan.service, `${plan.kind}:${plan.name}`, plan.about, n + 1, succeeded, new Date(now)],
      );
      await countOutcomes(store);
    },
  };
}
