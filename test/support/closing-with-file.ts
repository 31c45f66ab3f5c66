import { afterAll } from '@jest/globals';

const OPEN: (() => Promise<void>)[] = [];

/** Hooks cannot be added inside a test, so one hook of the file closes what its tests opened, the last first. */
export function closingWithFile(close: () => Promise<void>): void {
  OPEN.push(close);
}

afterAll(async () => {
  for (const close of OPEN.splice(0).reverse()) await close();
}, 60_000);
