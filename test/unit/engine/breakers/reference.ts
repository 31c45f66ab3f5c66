import type { BreakerSettings } from '../../../../src/engine/model/service.js';

/** A circuit breaker as one would say it in a sentence: it forgets nothing and computes everything anew. */
export class Reference {
  state: 'closed' | 'open' = 'closed';
  openings = 0;
  trialAt = 0;
  private calls: { at: number; ok: boolean }[] = [];

  constructor(private readonly settings: BreakerSettings) {}

  call(ok: boolean, at: number): void {
    if (this.state === 'open') return;
    this.calls.push({ at, ok });
    if (!ok && this.tooMany(at)) this.open(1, at);
  }

  trial(ok: boolean, at: number): void {
    this.calls = [];
    if (ok) Object.assign(this, { state: 'closed', openings: 0 });
    else this.open(this.openings + 1, at);
  }

  private tooMany(at: number): boolean {
    const { failureThreshold, failureRateThreshold } = this.settings;
    const last = this.calls.slice(-failureThreshold);
    if (last.length === failureThreshold && last.every(({ ok }) => !ok)) return true;
    // Twelve slots of five seconds, the one of now the last of them.
    const slot = (ms: number) => Math.floor(ms / 5_000);
    const minute = this.calls.filter((call) => slot(at) - slot(call.at) < 12);
    const share = minute.filter(({ ok }) => !ok).length / minute.length;
    return minute.length >= 2 * failureThreshold && share >= failureRateThreshold;
  }

  private open(openings: number, at: number): void {
    const { openMs, maxOpenMs } = this.settings;
    const lasts = Array.from({ length: openings - 1 }).reduce<number>((ms) => Math.min(maxOpenMs, ms * 2), openMs);
    Object.assign(this, { state: 'open', openings, trialAt: at + lasts, calls: [] });
  }
}
