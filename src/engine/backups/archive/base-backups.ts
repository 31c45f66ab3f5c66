/** So many stay, here and in the store, with the log since the oldest of them. */
export const KEPT_BASES = 2;

/** The first segment of the log that a base backup needs, by its `backup_label`. Source: PostgreSQL manual, continuous archiving. */
export function firstNeeded(label: string): string | undefined {
  return /^START WAL LOCATION: .* \(file ([0-9A-F]{24})\)/m.exec(label)?.[1];
}
