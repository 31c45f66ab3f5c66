const FACTOR: Record<string, number> = { '': 1, b: 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3, t: 1_024 ** 4 };
const FORM = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/;

/** Bytes of `256m`, `1.5g`, `512MB`, as Docker reads them (1k is 1024), or of a number; undefined when it is none. */
export function parseBytes(given: string | number): number | undefined {
  const [, amount, unit = ''] = FORM.exec(String(given).trim().toLowerCase()) ?? [];
  const factor = FACTOR[unit];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}
