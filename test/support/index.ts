/** Ground for tests with real servers. */
export { freePort } from '../../scripts/services/free-port.mjs';
export { type ProcessRow, processesMarked, processTable } from '../../scripts/services/process-table.mjs';
export { type TestDatabase, withDatabase } from './database.js';
export { eventually } from './eventually.js';
export { type OwnRedis, startOwnRedis, type TestRedis, withRedis } from './redis.js';
