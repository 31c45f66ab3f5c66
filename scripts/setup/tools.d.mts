export function findTools(): Promise<void>;
export function toolMissing(name: 'age' | 'pgbouncer' | 'prometheus' | 'alertmanager' | 'openssl'): string | undefined;
