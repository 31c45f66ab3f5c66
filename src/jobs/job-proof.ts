import type { Job } from 'bullmq';
import { z } from 'zod';
import type { Seal } from './seal.js';
import type { SharedRedis } from './shared-redis.js';

const body = z.strictObject({ proof: z.string() });

/** What a job carries. @param names what makes a worker look: the job's id, or the schedule that it comes from */
export function sealed(seal: Seal, queue: string, names: string): z.infer<typeof body> {
  return { proof: seal.proof(queue, names) };
}

export function isForged(seal: Seal, queue: string, job: Pick<Job, 'id' | 'name' | 'data'>, names = job.id): boolean {
  // Redis has dropped its body, as one that evicts keys does: what is left is an id that nobody can prove or use.
  if (job.name === undefined) return false;
  const { success, data } = body.safeParse(job.data);
  return !success || names === undefined || !seal.holds(data.proof, queue, names);
}

/** BullMQ never writes a job that it cannot parse. Everything else that it tells is trouble with Redis, which the link knows. */
export function reportUnreadable(where: string, forged: SharedRedis['forged']): (error: Error) => void {
  return ({ name }) => {
    if (name === 'SyntaxError') forged({ where });
  };
}
