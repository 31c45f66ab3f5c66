import type { Account } from './account.mjs';

export function postgresPrograms(
  who: Account | undefined,
  copyTo: string,
): Promise<{ postgres: string; initdb: string }>;
