/** A thing on the disk of the engine. Times are milliseconds since 1970. */
export interface Thing {
  id: string;
  /** Of an image its tags, of a container its name. */
  names: readonly string[];
  /** When it was last of use: made, tagged, or ended. */
  sinceMs: number;
  bytes: number;
}

export interface Rubbish {
  remove: Thing[];
  /** Unused, and kept all the same; for the result. */
  kept: number;
}

/** Old and unused things; those that `keep` names, or that something still needs, stay. */
export function rubbishAmong(
  unused: readonly Thing[],
  { beforeMs, keep, needed }: { beforeMs: number; keep: readonly string[]; needed: ReadonlySet<string> },
): Rubbish {
  const remove = unused.filter(
    (thing) => thing.sinceMs < beforeMs && !needed.has(thing.id) && !keep.some((name) => isMeant(name, thing)),
  );
  return { remove, kept: unused.length - remove.length };
}

/** By tag, by the name of all tags, by id or the beginning of it, or by the name of a container. */
function isMeant(name: string, { id, names }: Thing): boolean {
  const bare = id.replace(/^sha256:/, '');
  if (name.length >= 6 && (bare.startsWith(name) || id === name)) return true;
  return names.some((known) => known === name || known.startsWith(`${name}:`));
}

export function sumOf(things: readonly Thing[]): number {
  return things.reduce((sum, { bytes }) => sum + bytes, 0);
}
