/** Whether a platform hears, or whether it can speak: remembers since when and why it does not. */
export interface Sense {
  well(): void;
  lost(why: string): void;
  state(): { ok: boolean; detail: string };
}

/** A loss counts only after `patienceMs`: connections are renewed every few hours. */
export function createSense(name: string, patienceMs: number, now: () => number = Date.now): Sense {
  let since = now();
  let why: string | undefined = 'not started';
  let began = false;
  return {
    well() {
      if (why !== undefined) since = now();
      why = undefined;
      began = true;
    },
    lost(reason) {
      if (why === undefined) since = now();
      why = reason;
    },
    state() {
      const lasts = `${Math.round((now() - since) / 1_000)} s`;
      if (why === undefined) return { ok: true, detail: `${name} for ${lasts}` };
      const ok = began && now() - since < patienceMs;
      return { ok, detail: `${name} not for ${lasts}: ${why}` };
    },
  };
}
