export function findTools(): Promise<void>;
export function toolMissing(
  name: 'age' | 'pgbouncer' | 'prometheus' | 'alertmanager' | 'shellcheck' | 'openssl',
): string | undefined;
