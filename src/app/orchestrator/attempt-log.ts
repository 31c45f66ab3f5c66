import { recoveryName } from '../../engine/model/recovery.js';
import type { CommitResult, Log, RecoveryStore, Write } from '../../engine/ports.js';

/** The lines of the document, by the event that each tells of; what was not stored is not told. */
const LINES: Readonly<Record<string, (write: Write) => string>> = {
  'recovery.succeeded': (write) => `${attemptOf(write)}: SUCCESS`,
  'recovery.retry_scheduled': (write) => `${attemptOf(write)}: FAILED`,
  'recovery.failed': (write) => `${attemptOf(write)}: FAILED`,
  'recovery.cancelled': ({ after }) => `Recovery cancelled for '${after.recovery.service}'`,
  'recovery.awaiting_manual': ({ after }) => `Recovery of '${after.recovery.service}' awaits manual intervention`,
};

/** The same store, which says what became of each attempt. */
export function telling(store: RecoveryStore, log: Log): RecoveryStore {
  return {
    ...store,
    async commit(write, inDoubt): Promise<CommitResult> {
      const result = await store.commit(write, inDoubt);
      if (result.ok) tell(write, log);
      return result;
    },
  };
}

function tell(write: Write, log: Log): void {
  const { id, service, nextAttemptAt } = write.after.recovery;
  for (const { kind, data } of write.events) {
    const line = LINES[kind];
    if (!line) continue;
    const facts = { recovery: recoveryName(id), service, next_attempt_at: nextAttemptAt?.toISOString() };
    const failed = kind === 'recovery.failed' || kind === 'recovery.retry_scheduled';
    log(failed ? 'warn' : 'info', line(write), failed ? { ...facts, reason: data.reason } : facts);
  }
}

function attemptOf({ after: { recovery } }: Write): string {
  return `Recovery attempt ${recovery.attempts}/${recovery.retry.maxRetryAttempts} for '${recovery.service}'`;
}
