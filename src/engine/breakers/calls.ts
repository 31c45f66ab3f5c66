/** Calls of the last minute, in slots: how many there were, and how many failed. */
export interface Calls {
  /** Failures since the last success. */
  inARow: number;
  slots: readonly Slot[];
}

export interface Slot {
  /** When it began. */
  at: number;
  ok: number;
  failed: number;
}

/** `count` calls with the same outcome, of about the same time. */
export interface Run {
  ok: boolean;
  count: number;
  at: number;
  /** Of a failure: what people read. */
  why?: string;
}

export const WINDOW_MS = 60_000;
/** The window moves by this much at a time. */
export const SLOT_MS = 5_000;

export const NO_CALLS: Calls = { inARow: 0, slots: [] };

export function counted({ inARow, slots }: Calls, { ok, count, at }: Run): Calls {
  const begun = slotOf(at);
  const kept = slots.filter((slot) => slot.at > begun - WINDOW_MS);
  const own = kept.find((slot) => slot.at === begun) ?? { at: begun, ok: 0, failed: 0 };
  const now = ok ? { ...own, ok: own.ok + count } : { ...own, failed: own.failed + count };
  const others = kept.filter((slot) => slot.at !== begun);
  return {
    inARow: ok ? 0 : inARow + count,
    slots: [...others, now].sort((a, b) => a.at - b.at),
  };
}

export function slotOf(at: number): number {
  return Math.floor(at / SLOT_MS) * SLOT_MS;
}

/** Of the window that ends now. */
export function recent({ slots }: Calls, now: number): { total: number; failed: number } {
  const from = slotOf(now) - WINDOW_MS;
  const seen = slots.filter(({ at }) => at > from);
  const failed = seen.reduce((sum, slot) => sum + slot.failed, 0);
  return { failed, total: failed + seen.reduce((sum, slot) => sum + slot.ok, 0) };
}
