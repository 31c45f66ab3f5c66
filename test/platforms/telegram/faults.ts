import { ApiRefusal } from './refusal.js';

/** What goes wrong on purpose. `method` absent: with every method. */
export interface Faults {
  /** Nobody answers: connections are cut. */
  outage: boolean;
  /** The next calls are answered only so much later. */
  stall(ms: number, options?: Aim): void;
  /** The next calls are refused. */
  refuse(code: number, description: string, options?: Aim): void;
  /** The next calls get what a proxy in between says: no JSON. */
  garble(options?: Aim): void;
  /** The next calls are carried out, and the answer is lost. */
  dropReply(options?: Aim): void;
  /** What strikes this call, used up by it. */
  strike(method: string): Strike;
}

export interface Aim {
  method?: string;
  /** How many calls; default 1. */
  times?: number;
}

export interface Strike {
  stallMs: number;
  refusal?: ApiRefusal;
  garbled: boolean;
  dropReply: boolean;
}

interface Armed {
  method: string | undefined;
  left: number;
  harm: Partial<Strike>;
}

export function createFaults(): Faults {
  let armed: Armed[] = [];
  const arm = ({ method, times = 1 }: Aim = {}, harm: Partial<Strike>) => {
    armed.push({ method, left: times, harm });
  };
  return {
    outage: false,
    stall: (ms, aim) => arm(aim, { stallMs: ms }),
    refuse: (code, description, aim) => arm(aim, { refusal: new ApiRefusal(code, description) }),
    garble: (aim) => arm(aim, { garbled: true }),
    dropReply: (aim) => arm(aim, { dropReply: true }),
    strike(method) {
      const strike: Strike = { stallMs: 0, garbled: false, dropReply: false };
      for (const each of armed.filter((one) => one.method === undefined || one.method === method)) {
        each.left--;
        Object.assign(strike, each.harm);
      }
      armed = armed.filter(({ left }) => left > 0);
      return strike;
    },
  };
}
