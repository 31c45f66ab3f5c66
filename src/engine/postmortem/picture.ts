import { formatDuration } from '../model/duration.js';
import { escaped } from './escaped.js';
import type { Postmortem } from './postmortem.js';
import type { Stretch } from './stretches.js';

const WIDTH = 920;
const LABEL = 270;
const ROW = 24;
const BAR = 14;
const TICKS = 4;
/** Names longer than this do not fit beside their bar. */
const LONGEST = 40;
const MOST_ROWS = 60;
/** What took no time is seen all the same. */
const THINNEST = 3;

/** Bars from the detection to the end, one row a wait or step: what took long is seen at once. */
export function picture({
  detectedAt,
  endedAt,
  stretches,
}: Pick<Postmortem, 'detectedAt' | 'endedAt' | 'stretches'>): string {
  const shown = stretches.slice(0, MOST_ROWS);
  const wholeMs = Math.max(1, +endedAt - +detectedAt);
  const x = (at: Date) => LABEL + ((WIDTH - LABEL) * Math.min(wholeMs, Math.max(0, +at - +detectedAt))) / wholeMs;
  const height = (shown.length + 1) * ROW + 8;
  const ticks = Array.from({ length: TICKS + 1 }, (_, n) => {
    const at = LABEL + ((WIDTH - LABEL) * n) / TICKS;
    const anchor = n === 0 ? 'start' : n === TICKS ? 'end' : 'middle';
    return `<line x1="${at}" y1="${ROW - 6}" x2="${at}" y2="${height}"/><text class="soft" x="${at}" y="12" text-anchor="${anchor}">${formatDuration(Math.round((wholeMs * n) / TICKS))}</text>`;
  });
  const rows = shown.map((stretch, n) => row(stretch, x, (n + 1) * ROW));
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Where the time went, from the detection on">${ticks.join('')}${rows.join('')}</svg>`;
}

function row({ name, kind, from, to, ok }: Stretch, x: (at: Date) => number, y: number): string {
  const [left, right] = [Math.min(x(from), WIDTH - THINNEST), x(to)];
  const took = formatDuration(Math.max(0, +to - +from));
  const label = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
  return `<g><title>${escaped(`${name}: ${took}`)}</title><text x="0" y="${y + BAR - 2}">${escaped(label)}</text><rect class="${ok ? kind : 'failed'}" x="${left.toFixed(1)}" y="${y}" width="${Math.max(THINNEST, right - left).toFixed(1)}" height="${BAR}" rx="3"/></g>`;
}
