/** What Reviver must reach, in the order in which it is told. */
export const TARGETS = [
  { key: 'latencyRatio', says: 'latency alone, times the loop', most: 2 },
  { key: 'throughputRatio', says: 'plans per second, times the loop', least: 0.7 },
  { key: 'commits', says: 'commits of a 10-step plan alone', most: 12 },
  { key: 'peakMb', says: "worker's peak memory, MB", most: 130 },
  { key: 'readyMs', says: 'worker ready after, ms', most: 1_000 },
  { key: 'takeoverMs', says: 'takeover after SIGKILL, ms', most: 3_000 },
];

/** Idle work is subtracted by an estimate: a hundredth of a commit is noise. */
const NOISE = 0.05;

/** `{says, value, limit, met}` of each target that was measured. */
export function judge(reviver) {
  return TARGETS.filter(({ key }) => reviver[key] !== undefined).map(({ key, says, most, least }) => {
    const value = reviver[key];
    const met = most === undefined ? value >= least : value <= most + (key === 'commits' ? NOISE : 0);
    return { key, says, value, limit: most === undefined ? `>= ${least}` : `<= ${most}`, met };
  });
}
