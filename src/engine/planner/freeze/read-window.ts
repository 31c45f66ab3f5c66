import { minutes, type WallMs } from '../../model/wall-clock.js';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const DAY_MS = 86_400_000;
const TIME = String.raw`(\d{1,2}):(\d{2})`;
const WEEKLY = new RegExp(String.raw`^([a-z]{3,9})\s+${TIME}\s*(?:-|–|to)\s*([a-z]{3,9})\s+${TIME}$`, 'i');
const MOMENT = new RegExp(String.raw`^(\d{4})-(\d{2})-(\d{2})[ T]${TIME}$`);

/** `fri 18:00 - mon 08:00`, in milliseconds after Monday 00:00; undefined: it cannot be read. */
export function readWeekly(text: string): { fromMs: number; toMs: number } | undefined {
  const match = WEEKLY.exec(text.trim());
  if (!match) return undefined;
  const [fromMs, toMs] = [weekMs(match.slice(1, 4)), weekMs(match.slice(4, 7))];
  return fromMs === undefined || toMs === undefined || fromMs === toMs ? undefined : { fromMs, toMs };
}

/** `2026-11-27 18:00`, as the clocks of its zone show it; undefined: there is no such day or time. */
export function readMoment(text: string): WallMs | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = (MOMENT.exec(text.trim()) ?? []).slice(1).map(Number);
  const date = Date.UTC(year, month - 1, day);
  const time = timeMs(hour, minute);
  const real = new Date(date).getUTCDate() === day && new Date(date).getUTCMonth() === month - 1;
  return year > 0 && real && time !== undefined ? date + time : undefined;
}

function weekMs([name = '', hour, minute]: string[]): number | undefined {
  const day = DAYS.findIndex((full) => full.startsWith(name.toLowerCase()));
  const time = timeMs(Number(hour), Number(minute));
  return day < 0 || time === undefined ? undefined : day * DAY_MS + time;
}

/** `24:00` is the end of a day. */
function timeMs(hour: number, minute: number): number | undefined {
  const possible = (hour <= 23 && minute <= 59) || (hour === 24 && minute === 0);
  return possible ? minutes(hour, minute) : undefined;
}
