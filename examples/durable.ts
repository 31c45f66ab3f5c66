// The same class with Postgres and Redis: what was scheduled outlives the process that did it.
// DATABASE_URL=postgres://... REDIS_URL=redis://... node durable.js
import { RecoveryOrchestrator } from 'reviver';

const shared = { databaseUrl: process.env.DATABASE_URL, redisUrl: process.env.REDIS_URL, name: 'durable-example' };

// One program schedules, and ends.
const asking = new RecoveryOrchestrator(shared);
console.log(`scheduled: ${/^R-\d+$/.test(await asking.scheduleRecovery('database', { priority: 1 }))}`);
await asking.stop();

// Another one of the same name carries it out.
const working = new RecoveryOrchestrator({ ...shared, recover: (service) => console.log(`recovering ${service}`) });
await working.start();
const { state } = await working.executeRecovery('database');
console.log(`database: ${state}`);
await working.stop();
