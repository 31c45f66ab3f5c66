/** A service that falls ill so often within this time is flapping: one thing to be told of, not many. */
export interface FlappingRule {
  times: number;
  withinMs: number;
}

/** So many are remembered of a service. */
export const MOST_FALLS = 20;

export const FLAPPING: FlappingRule = { times: 3, withinMs: 10 * 60_000 };

/**
 * It begins with the deciding fall, and ends when the service has stayed as it is for half of the window. `since` is when
 * it came into its present state.
 */
export function flaps(
  { falls, since, was }: { falls: readonly Date[]; since: Date; was: boolean },
  { times, withinMs }: FlappingRule = FLAPPING,
  now: Date,
): boolean {
  const ageMs = (moment: Date) => now.getTime() - moment.getTime();
  const lately = falls.filter((fall) => ageMs(fall) < withinMs);
  const justFell = falls.at(-1)?.getTime() === since.getTime();
  return (was || (justFell && lately.length >= times)) && ageMs(since) < withinMs / 2;
}
