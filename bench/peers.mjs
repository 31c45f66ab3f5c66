/**
 * Who is measured, in the order of each round. A peer is a folder of two files: `worker.mjs`, a process that executes
 * plans, and `requester.mjs`, which asks for one plan and is told of its end (see `session/requester.mjs`).
 *
 * `holds`: it can be asked for a plan whose worker stays inside a step, so that the worker can be killed there.
 */
export const PEERS = {
  loop: { what: '10 steps, each a BullMQ hop and a one-row commit: the yardstick', holds: true },
  floor: { what: '12 one-row commits behind one BullMQ hop: what durability costs at least', holds: false },
  reviver: { what: 'a 10-step plan through the engine: lease, event log, digest, gates', holds: true },
  dbos: { what: 'a DBOS workflow of 10 empty steps, started in its own process', holds: false },
};
