/** Asks for one plan after the other. `latenciesMs`: from the request until its end is known here. */
export async function oneAtATime(request, plans) {
  const latenciesMs = [];
  for (let n = 0; n < plans; n += 1) latenciesMs.push(await timed(request));
  return { latenciesMs, plans };
}

/**
 * Keeps `inFlight` plans going, and counts ends in a window. It opens when as many plans as are in flight have ended, so
 * that the start's rush does not count. It closes after `ms` or `plans`, whichever comes first, but not before as many
 * ended in it again: some peers end their plans in waves.
 * `plans`: all that ran, the window's and those around it.
 */
export async function keepInFlight(request, { inFlight, ms, plans: enough }) {
  const latenciesMs = [];
  let ended = 0;
  let opened;
  let closed;
  const oneAfterAnother = async () => {
    while (closed === undefined) {
      const latencyMs = await timed(request);
      ended += 1;
      const now = performance.now();
      if (ended === inFlight) opened = now;
      if (ended <= inFlight || closed !== undefined) continue;
      latenciesMs.push(latencyMs);
      if (latenciesMs.length >= inFlight && (now - opened >= ms || latenciesMs.length >= enough)) closed = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, oneAfterAnother));
  return { plansPerSecond: latenciesMs.length / ((closed - opened) / 1_000), latenciesMs, plans: ended };
}

async function timed(request) {
  const began = performance.now();
  await request();
  return performance.now() - began;
}
