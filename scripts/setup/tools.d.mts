export function findTools(): Promise<void>;
export function toolMissing(name: 'age' | 'pgbouncer' | 'openssl'): string | undefined;
