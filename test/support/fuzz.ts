import fc from 'fast-check';

/** `npm run fuzz` looks at many more inputs than the suite has time for; a property's own number is only for the suite. */
const runs = Number(process.env.FUZZ_RUNS ?? 0);
if (runs > 0) fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: runs });

/** How many inputs a property is tried with: `few` in the suite. */
export function fuzzRuns(few: number): number {
  return runs > 0 ? runs : few;
}
