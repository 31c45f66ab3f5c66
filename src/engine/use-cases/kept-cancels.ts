import { setTimeout as delay } from 'node:timers/promises';
import type { EnginePorts } from '../create-engine.js';
import { UserError } from '../model/errors.js';
import type { Principal } from '../model/person.js';
import { recoveryName } from '../model/recovery.js';

/** Cancels that people said while the store is away. They live as long as this process, and are told so. */
export interface KeptCancels {
  /** Tells the recovery's worker now, and carries the cancel out as soon as the store is back. Gives what to tell the person. */
  keep(id: number, who: Principal): UserError;
}

const AGAIN_MS = 1_000;

/** `cancel` throws `unavailable` while the store is away; anything else that it throws is its answer. */
export function createKeptCancels(
  cancel: (id: number, who: Principal) => Promise<unknown>,
  { dispatcher, ending, log }: Pick<EnginePorts, 'dispatcher' | 'ending' | 'log'>,
): KeptCancels {
  const kept = new Set<number>();

  async function carryOut(id: number, who: Principal): Promise<void> {
    const facts = { recovery: recoveryName(id), by: who.name };
    try {
      for (;;) {
        await delay(AGAIN_MS, undefined, { signal: ending });
        if (await isAnswered(() => cancel(id, who))) break;
      }
      log('info', 'a cancel was kept and is carried out', facts);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (error instanceof UserError) log('info', 'a cancel was kept and is needed no more', { ...facts, why });
      else log('warn', 'a cancel was kept and not carried out', { ...facts, why });
    } finally {
      kept.delete(id);
    }
  }

  return {
    keep(id, who) {
      dispatcher.cancel(id, who.name);
      if (!kept.has(id)) {
        kept.add(id);
        void carryOut(id, who);
      }
      const recovery = recoveryName(id);
      return new UserError(
        'unavailable',
        `Reviver's database is away, so the cancel of ${recovery} is not stored yet. The worker is told to stop, where it can be reached, ` +
          `and ${recovery} is cancelled as soon as the database is back. Should Reviver be restarted before that, say it again.`,
        { part: 'postgres', recovery },
        { kind: 'cancel_kept', recovery },
      );
    },
  };
}

async function isAnswered(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (error instanceof UserError && error.code === 'unavailable') return false;
    throw error;
  }
}
