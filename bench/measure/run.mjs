import { progress } from '../../scripts/setup/progress.mjs';
import { PEERS } from '../peers.mjs';
import { inSession } from '../session/session.mjs';
import { countCommits } from './commits.mjs';
import { measureTakeover } from './takeover.mjs';
import { measureTurn } from './turn.mjs';

/** BullMQ's defaults: a lock of 30 s, looked at every 30 s. */
const STALLED_MS = 60_000;

/**
 * Measures all peers: rounds of turns (A B C D A B C D ...), so that a change in the machine's mood meets all of them,
 * then commits and takeovers. Gives `{peer: {turns, commits, takeoverMs, takeoverOtherHostMs}}`.
 */
export async function measureAll(services, size) {
  const { peers } = size;
  const results = Object.fromEntries(
    peers.map((peer) => [peer, { turns: [], takeoverMs: [], takeoverOtherHostMs: [] }]),
  );
  const place = (peer) => services.places[peer];
  await progress('Making schemas', async () => {
    for (const peer of peers) await inSession(peer, place(peer), {}, async () => {});
  });
  for (let round = 1; round <= size.rounds; round += 1)
    await progress(`Round ${round} of ${size.rounds}: ${peers.join(', ')}`, async () => {
      for (const peer of peers) results[peer].turns.push(await measureTurn(peer, place(peer), services, size));
    });
  await progress('Counting commits', async () => {
    for (const peer of peers) results[peer].commits = await countCommits(peer, place(peer), size.countedPlans);
  });
  await takeovers(results, place, size);
  return results;
}

async function takeovers(results, place, size) {
  if (results.reviver)
    await progress('Killing workers', async () => {
      for (let n = 0; n < size.takeovers; n += 1)
        results.reviver.takeoverMs.push(await measureTakeover('reviver', place('reviver')));
      if (size.otherHost)
        results.reviver.takeoverOtherHostMs.push(
          await measureTakeover('reviver', place('reviver'), { pretendOtherHost: true }),
        );
    });
  const slow = Object.keys(results).filter((peer) => peer !== 'reviver' && PEERS[peer].holds && size.stalled);
  for (const peer of slow)
    await progress(`Killing a worker of ${peer} (about ${STALLED_MS / 1_000} s)`, async () => {
      results[peer].takeoverMs.push(await measureTakeover(peer, place(peer)));
    });
}
