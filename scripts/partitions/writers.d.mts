export function startWriters(
  url: string,
  options?: { writers?: number; recoveryId?: number },
): Promise<{
  written(): number;
  lap(): number;
  stop(): Promise<{ longestMs: number; ids: string[]; failures: string[] }>;
}>;
