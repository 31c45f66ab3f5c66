/** Small readers of what the server sends: whatever does not fit is left out, and nothing of it throws. */
export type Reader<T> = (raw: unknown) => T | undefined;

export function fieldOf(raw: unknown, name: string): unknown {
  return typeof raw === 'object' && raw !== null && Object.hasOwn(raw, name) ? Reflect.get(raw, name) : undefined;
}

export function textOf(raw: unknown, name: string): string | undefined {
  const value = fieldOf(raw, name);
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(raw: unknown, name: string): number | undefined {
  const value = fieldOf(raw, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function flagOf(raw: unknown, name: string): boolean {
  return fieldOf(raw, name) === true;
}

/** Items that cannot be read are skipped. */
export function listOf<T>(raw: unknown, name: string, read: Reader<T>): T[] {
  const value = fieldOf(raw, name);
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => {
    const found = read(item);
    return found === undefined ? [] : [found];
  });
}

export function textsOf(raw: unknown, name: string): string[] {
  return listOf(raw, name, (item) => (typeof item === 'string' ? item : undefined));
}

/** One of the words that are known; anything else is `otherwise`. */
export function wordOf<W extends string>(raw: unknown, name: string, known: readonly W[], otherwise: W): W {
  const value = textOf(raw, name);
  return known.find((word) => word === value) ?? otherwise;
}

/** The value with its name, or nothing when there is none. */
export function given<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  const record: { [P in K]?: V } = {};
  if (value !== undefined) record[name] = value;
  return record;
}
