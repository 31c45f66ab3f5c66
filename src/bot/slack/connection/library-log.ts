import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../../../engine/ports.js';
import { redact } from './redact.js';

/** What the library has to say, without secrets. Its debug output holds whole payloads and is never written. */
export function libraryLog(log: Log): Logger {
  const write =
    (level: 'warn' | 'error') =>
    (...parts: unknown[]): void =>
      log(level, 'slack:library', { message: redact(parts.map(String).join(' ')).slice(0, 500) });
  return {
    debug: () => {},
    info: () => {},
    warn: write('warn'),
    error: write('error'),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
