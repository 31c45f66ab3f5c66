import { median } from '../stats.mjs';

export const YARDSTICK = 'loop';

/** Medians over the rounds; ratios are taken within a round, where both sides saw the same machine. */
export function summarise(results) {
  return Object.fromEntries(
    Object.entries(results).map(([peer, result]) => [
      peer,
      { ...medians(result), ...ratios(result, results[YARDSTICK]) },
    ]),
  );
}

function medians({ rounds, commits, takeoverMs, takeoverOtherHostMs }) {
  const of = (key) => median(rounds.map((round) => round[key]));
  return {
    ...Object.fromEntries(Object.keys(rounds[0]).map((key) => [key, of(key)])),
    commits: commits?.writing,
    transactions: commits?.all,
    takeoverMs: median(takeoverMs),
    takeoverOtherHostMs: median(takeoverOtherHostMs),
    // Worst, not middle: a limit on memory is broken once.
    peakMb: Math.max(...rounds.map(({ peakMb }) => peakMb)),
  };
}

function ratios({ rounds }, yardstick) {
  if (!yardstick) return {};
  const within = (key) => rounds.map((round, n) => round[key] / yardstick.rounds[n][key]);
  const [latency, throughput] = [within('aloneP50Ms'), within('plansPerSecond')];
  return {
    latencyRatio: median(latency),
    latencySpread: [Math.min(...latency), Math.max(...latency)],
    throughputRatio: median(throughput),
    throughputSpread: [Math.min(...throughput), Math.max(...throughput)],
  };
}
