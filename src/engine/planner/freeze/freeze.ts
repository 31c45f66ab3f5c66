import { instantsOf, type WallMs, wallOf, wallText } from '../../model/wall-clock.js';

/** Days and times in which changes are riskier than usual, such as a sale or a night without colleagues. */
export interface Freeze {
  name: string;
  /** The risk of a plan is at least this then, 0..1. */
  raise: number;
  /** Of these services alone; absent: of all. */
  services?: readonly string[];
  /** IANA name, such as Europe/Berlin: the clocks that the window is about. */
  timeZone: string;
  window: FreezeWindow;
}

/** `week`: from and to are milliseconds after Monday 00:00; a window may go over the end of the week. */
export type FreezeWindow = { kind: 'once'; from: WallMs; to: WallMs } | { kind: 'week'; fromMs: number; toMs: number };

/** A freeze that holds. */
export interface ActiveFreeze {
  name: string;
  raise: number;
  /** `2026-11-30 08:00 Europe/Berlin` */
  until: string;
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05 was a Monday. */
const A_MONDAY = 4 * DAY_MS;

/** The freezes of a service at an instant, the greatest raise first. They begin with their first minute and end with their last. */
export function freezesAt(freezes: readonly Freeze[], service: string, now: Date): ActiveFreeze[] {
  return freezes
    .filter(({ services }) => services === undefined || services.includes(service))
    .flatMap((freeze) => {
      const end = endOf(freeze, now.getTime());
      return end === undefined
        ? []
        : [{ name: freeze.name, raise: freeze.raise, until: `${wallText(end)} ${freeze.timeZone}` }];
    })
    .sort((a, b) => b.raise - a.raise);
}

/** When it ends, if it holds now. */
function endOf({ window, timeZone }: Freeze, now: number): WallMs | undefined {
  return occurrences(window, wallOf(now, timeZone)).find(
    ([from, to]) =>
      // Where clocks are changed at its very edge, it is the longer one.
      instantsOf(from, timeZone).earliest <= now && now < instantsOf(to, timeZone).latest,
  )?.[1];
}

/** The one, or those of the weeks around. */
function occurrences(window: FreezeWindow, wall: WallMs): [from: WallMs, to: WallMs][] {
  if (window.kind === 'once') return [[window.from, window.to]];
  const monday = Math.floor((wall - A_MONDAY) / WEEK_MS) * WEEK_MS + A_MONDAY;
  const lengthMs = (window.toMs - window.fromMs + WEEK_MS) % WEEK_MS || WEEK_MS;
  return [-1, 0, 1].map((weeks) => {
    const from = monday + weeks * WEEK_MS + window.fromMs;
    return [from, from + lengthMs];
  });
}
