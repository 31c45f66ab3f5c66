/** A variable that `npm test` sets; run alone, jest needs it from the outside. */
export function required(name: 'DATABASE_URL' | 'REDIS_URL'): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set. Run this test by "npm test -- <path>", which starts private servers.`);
}
