/** The whole environment of a program that is started: three variables of ours, and what is given. */
export function cleanEnvironment(given: Record<string, string> = {}): Record<string, string> {
  const inherited = ['PATH', 'HOME', 'LANG'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...given };
}
