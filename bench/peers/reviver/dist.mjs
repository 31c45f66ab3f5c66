import { fileURLToPath } from 'node:url';

/** The compiled product; REVIVER_DIST names another build to measure, such as an older one. */
export const DIST = process.env.REVIVER_DIST ?? fileURLToPath(new URL('../../../dist', import.meta.url));

/** Imports a module of the product, such as `src/store/recovery-store.js`. */
export function fromDist(module) {
  return import(`${DIST}/${module}`);
}
