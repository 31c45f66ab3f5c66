import type { Urgency } from '../port.js';

export interface BudgetOptions {
  /** Calls that may be made at once after a pause. In any window of `perMs` at most `burst` + `calls` are made. */
  burst: number;
  calls: number;
  perMs: number;
  /** Of the burst, what progress may not use: so that people and ends never wait behind it. Default 0. */
  reserved?: number;
}

/** A token bucket for one limit of a platform. Pure but for what it counts; times are in milliseconds of one clock. */
export interface Budget {
  /** 0: taken. Else nothing is taken, and so many milliseconds remain until it would be. */
  take(urgency: Urgency, now: number): number;
  /** The platform itself asked to wait: nothing is given before. */
  pause(untilMs: number): void;
}

export function createBudget({ burst, calls, perMs, reserved = 0 }: BudgetOptions): Budget {
  const perToken = perMs / calls;
  let tokens = burst;
  let countedAt: number | undefined;
  let pausedUntil = 0;
  return {
    take(urgency, now) {
      if (now < pausedUntil) return pausedUntil - now;
      tokens = Math.min(burst, tokens + (now - (countedAt ?? now)) / perToken);
      countedAt = now;
      const needed = 1 + (urgency === 2 ? reserved : 0);
      // A hair below a whole token is what rounding leaves of one.
      if (tokens < needed - 1e-9) return Math.ceil((needed - tokens) * perToken);
      tokens -= 1;
      return 0;
    },
    pause(untilMs) {
      pausedUntil = Math.max(pausedUntil, untilMs);
    },
  };
}

/** A budget for each key, such as a channel; those long unused are forgotten. */
export function createBudgets(options: BudgetOptions, remembered = 1_000): (key: string) => Budget {
  const budgets = new Map<string, Budget>();
  return (key) => {
    const budget = budgets.get(key) ?? createBudget(options);
    budgets.delete(key);
    budgets.set(key, budget);
    if (budgets.size > remembered) budgets.delete(budgets.keys().next().value ?? '');
    return budget;
  };
}
