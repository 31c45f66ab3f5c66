import { progress } from '../../scripts/setup/progress.mjs';
import { PEERS } from '../peers.mjs';
import { inSessions } from '../session/session.mjs';
import { countCommits } from './commits.mjs';
import { measureRound } from './round.mjs';
import { measureTakeover } from './takeover.mjs';

/**
 * Measures all peers: commits, then rounds, so that a change in the machine's mood meets all of them, then takeovers. Gives
 * `{peer: {rounds, commits, takeoverMs, takeoverOtherHostMs}}`.
 */
export async function measureAll(services, size) {
  const { peers } = size;
  const { places } = services;
  const results = Object.fromEntries(
    peers.map((peer) => [peer, { rounds: [], takeoverMs: [], takeoverOtherHostMs: [] }]),
  );
  await progress('Making schemas', () => inSessions(peers, places, async () => {}));
  // First, while there is nothing that autovacuum would have to do: its commits cannot be told from a peer's.
  await progress('Counting commits', async () => {
    for (const peer of peers) results[peer].commits = await countCommits(peer, places[peer], size.countedPlans);
  });
  for (let n = 1; n <= size.rounds; n += 1)
    await progress(`Round ${n} of ${size.rounds}: ${peers.join(', ')}`, async () => {
      const round = await inSessions(peers, places, (sessions) => measureRound(sessions, services, size));
      for (const peer of peers) results[peer].rounds.push(round[peer]);
    });
  await killWorkers(results, places, size);
  return results;
}

async function killWorkers({ reviver, ...others }, places, size) {
  if (reviver)
    await progress('Killing workers', async () => {
      for (let n = 0; n < size.takeovers; n += 1)
        reviver.takeoverMs.push(await measureTakeover('reviver', places.reviver));
      if (size.otherHost)
        reviver.takeoverOtherHostMs.push(await measureTakeover('reviver', places.reviver, { pretendOtherHost: true }));
    });
  for (const peer of Object.keys(others).filter((name) => PEERS[name].holds && size.stalled))
    await progress(`Killing a worker of ${peer}: about a minute by BullMQ's defaults`, async () => {
      others[peer].takeoverMs.push(await measureTakeover(peer, places[peer]));
    });
}
