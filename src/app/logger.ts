import { pino } from 'pino';
import { redact, redactJson } from '../engine/model/redact.js';
import type { Log } from '../engine/ports.js';

/** JSON lines on standard error, each with the constitutional hash, and without secrets whoever has written them. */
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
  return (at, message, facts = {}) => {
    if (logger.isLevelEnabled(at)) logger[at](redactJson(facts), redact(message));
  };
}
