import { parseArgs } from 'node:util';
import { PEERS } from './peers.mjs';

/** How much is measured. `default` takes 3 to 4 minutes, `quick` under one, `full` as long as BullMQ's stalled check needs. */
const SIZES = {
  quick: {
    rounds: 1,
    alonePlans: 50,
    countedPlans: 20,
    inFlightMs: 2_000,
    inFlightPlans: 1_000,
    takeovers: 1,
    otherHost: false,
    stalled: false,
  },
  default: {
    rounds: 3,
    alonePlans: 60,
    countedPlans: 50,
    inFlightMs: 10_000,
    inFlightPlans: 2_500,
    takeovers: 3,
    otherHost: true,
    stalled: false,
  },
  full: {
    rounds: 5,
    alonePlans: 120,
    countedPlans: 100,
    inFlightMs: 20_000,
    inFlightPlans: 5_000,
    takeovers: 5,
    otherHost: true,
    stalled: true,
  },
};

export const USAGE = `npm run bench -- [--quick | --full] [--only reviver,loop] [--profile] [--save | --no-save]
  --quick      one round, under a minute
  --full       five rounds, and how long BullMQ's own defaults need to pick up a killed worker's job (60 s)
  --only A,B   only these peers of: ${Object.keys(PEERS).join(', ')}; ratios need loop
  --profile    Reviver's worker alone, 200 plans in flight: functions, statements and modules by cost
  --save       write the result to bench/history also of a --quick or --only run; --no-save: never

npm run bench -- alerts [--quick]
  a storm of 10,000 alerts within a minute, in 50 groups: what is stored and shown, how soon it is answered, and the memory

npm run bench -- http [--quick]
  status queries a second with 10,000 recoveries stored, and scheduling over HTTP beside /health

npm run bench -- library [--recoveries N]
  what the library itself costs on schedule and execute, in memory and in Postgres with Redis

Variables: DATABASE_URL, REDIS_URL  servers to use, instead of private ones
           REVIVER_DIST             another build of Reviver
           BENCH_WORKER_FLAGS       flags of node for all workers, such as --max-semi-space-size=4`;

/** Reads the command line; throws an error whose message is for people. */
export function readOptions(argv) {
  const { values } = parseArgs({ args: argv, allowNegative: true, options: FLAGS });
  if (values.quick && values.full) throw new Error('--quick and --full exclude each other');
  const peers = values.only?.split(',').map((name) => name.trim()) ?? Object.keys(PEERS);
  const unknown = peers.find((name) => !(name in PEERS));
  if (unknown !== undefined)
    throw new Error(`--only: no peer "${unknown}"; there are ${Object.keys(PEERS).join(', ')}`);
  const size = values.quick ? 'quick' : values.full ? 'full' : 'default';
  const save = values.save ?? !(values.quick || values.only);
  return { help: values.help, profile: values.profile, size, peers, save, ...SIZES[size] };
}

const FLAGS = {
  help: { type: 'boolean', short: 'h', default: false },
  quick: { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  only: { type: 'string' },
  profile: { type: 'boolean', default: false },
  save: { type: 'boolean' },
};
