import { pino } from 'pino';
import type { Log } from '../engine/ports.js';

/** JSON lines on standard error, each with the constitutional hash. */
export function createLog(level: string, constitution: string): Log {
  const logger = pino(
    {
      level,
      base: { constitutional_hash: constitution },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
  return (at, message, facts = {}) => logger[at](facts, message);
}
