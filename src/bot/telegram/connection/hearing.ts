/** How well Telegram is heard: what health shows. */
export interface Hearing {
  /** Telegram answered; `caughtUp`: nothing more waits there. */
  heard(caughtUp: boolean): void;
  /** It cannot be heard until `heard` is called again. `at once`: waiting will not mend it soon. */
  failed(why: string, severity: 'soon' | 'at once'): void;
  /** Another process listens. */
  rested(): void;
  /** An earlier process had caught up at this time. */
  caughtUpBefore(at: number): void;
  /** Milliseconds for which an update may have waited at most; undefined: nobody knows. */
  behindMs(): number | undefined;
  healthy(): { ok: boolean; detail: string };
}

export interface HearingOptions {
  deafAfterMs: number;
  /** The bot's name, for people. */
  name(): string;
  onCaughtUp?(): void;
  now?(): number;
}

export function createHearing({ deafAfterMs, name, onCaughtUp, now = Date.now }: HearingOptions): Hearing {
  const startedAt = now();
  let heardAt: number | undefined;
  let caughtUpAt: number | undefined;
  let trouble: { why: string; since: number; grave: boolean } | undefined;
  let resting = false;
  const ago = (at: number) => `${Math.max(0, Math.round((now() - at) / 1_000))} s`;
  return {
    heard(caughtUp) {
      heardAt = now();
      trouble = undefined;
      resting = false;
      if (!caughtUp) return;
      caughtUpAt = heardAt;
      onCaughtUp?.();
    },
    failed(why, severity) {
      resting = false;
      trouble = { why, since: trouble?.since ?? now(), grave: severity === 'at once' };
    },
    rested() {
      resting = true;
      trouble = undefined;
    },
    caughtUpBefore(at) {
      caughtUpAt ??= at;
    },
    behindMs: () => (caughtUpAt === undefined ? undefined : now() - caughtUpAt),
    healthy() {
      if (resting) return { ok: true, detail: 'another process listens to Telegram' };
      const last = heardAt ?? startedAt;
      const deaf = now() - last >= deafAfterMs;
      if (trouble && (trouble.grave || deaf))
        return { ok: false, detail: `deaf for ${ago(trouble.since)}: ${trouble.why}` };
      if (deaf) return { ok: false, detail: `nothing was heard of Telegram for ${ago(last)}` };
      if (trouble) return { ok: true, detail: `trying again for ${ago(trouble.since)}: ${trouble.why}` };
      if (heardAt === undefined) return { ok: true, detail: 'connecting' };
      return { ok: true, detail: `listens as @${name()}, heard ${ago(heardAt)} ago` };
    },
  };
}
