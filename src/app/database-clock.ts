/** This process's idea of the database's time, so that all nodes agree on when something is due. */
export interface DatabaseClock {
  now(): Date;
  /** Called with the database's time at each beat. */
  calibrate(databaseTime: Date): void;
}

/** Below this the difference is the network's, not the clock's. */
const TOLERATED_MS = 250;

export function createDatabaseClock(): DatabaseClock {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs),
    calibrate(databaseTime) {
      const difference = databaseTime.getTime() - Date.now();
      if (Math.abs(difference - offsetMs) > TOLERATED_MS) offsetMs = difference;
    },
  };
}
