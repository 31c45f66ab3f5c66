import { z } from 'zod';
import { CHECKLIST, type Postmortem } from '../../engine/postmortem/postmortem.js';

const time = z.string().describe('ISO 8601');

/** What people look back at: the same as the page, as data. */
export const postmortemJson = z.strictObject({
  recovery: z.string(),
  service: z.string(),
  title: z.string(),
  state: z.string(),
  plan: z.string(),
  why: z.string(),
  requested_by: z.string(),
  detected_at: time,
  ended_at: time.describe('When it was over; else the moment of the look'),
  over: z.boolean(),
  durations: z.array(z.strictObject({ name: z.string(), ms: z.number() })),
  rto_ms: z.number().nullable().describe('From detection to recovered; null: it was not recovered'),
  rpo_ms: z.number().nullable().describe('Age of the restored data at the detection; null: nothing was restored'),
  timeline: z.array(z.strictObject({ at: time, who: z.string(), what: z.string(), bad: z.boolean() })),
  lessons: z.array(z.string()),
  checklist: z.array(z.string()),
});

export function toPostmortemJson(about: Postmortem): z.infer<typeof postmortemJson> {
  const { recovery, service, title, state, plan, why, requestedBy, detectedAt, endedAt, over, lessons } = about;
  return {
    recovery,
    service,
    title,
    state,
    plan,
    why,
    requested_by: requestedBy,
    detected_at: detectedAt.toISOString(),
    ended_at: endedAt.toISOString(),
    over,
    durations: about.durations.map(([name, ms]) => ({ name, ms })),
    rto_ms: about.rtoMs ?? null,
    rpo_ms: about.rpoMs ?? null,
    timeline: about.timeline.map(({ at, ...moment }) => ({ at: at.toISOString(), ...moment })),
    lessons,
    checklist: [...CHECKLIST],
  };
}
