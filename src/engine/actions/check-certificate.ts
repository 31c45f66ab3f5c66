import type { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { parseDuration } from '../model/duration.js';
import type { StepResult } from '../model/plan.js';
import { type ActionContext, ActionError } from './action.js';
import { defineAction } from './define-action.js';
import { duration, HOUR_MS, text } from './fields.js';
import { certificateInFile, daysLeft, isFor, servedCertificate } from './tls/certificate.js';

const SERVER = 'host:port of a server that speaks TLS, such as www.example.com:443';
const DAYS = 'a number of days, such as 14';
const ONE = 'either "server" or "file"';

const input = z
  .strictObject({
    server: z
      .string({ error: SERVER })
      .regex(/^[^\s/@]+:\d{1,5}$/, { error: SERVER })
      .optional(),
    file: text('the path of a PEM file').optional(),
    name: text('a host name').optional(),
    within: duration(HOUR_MS, '1h').optional(),
    days: z.coerce.number({ error: DAYS }).min(0, { error: DAYS }).optional(),
  })
  .refine(({ server, file }) => (server === undefined) !== (file === undefined), { error: ONE, path: ['server'] });

const PAUSE_MS = 250;

type Input = z.output<typeof input>;

export const checkCertificate = defineAction({
  name: 'check_certificate',
  description:
    'Looks at the certificate that a server shows, or a file holds; with days, refuses one that is over sooner.',
  version: 1,
  input,
  shorthand: 'server',
  risk: 0,
  idempotent: true,
  // The input's own time is the one that people see.
  timeoutMs: HOUR_MS,
  services: () => [],
  title: (given) => `Check the certificate of ${placeOf(given)}`,

  async run(given, ctx) {
    const until = performance.now() + (given.within === undefined ? 0 : parseDuration(given.within));
    for (;;) {
      try {
        return await judged(given, ctx);
      } catch (error) {
        if (!(error instanceof ActionError) || performance.now() + PAUSE_MS > until) throw error;
      }
      await sleep(PAUSE_MS, undefined, { signal: ctx.signal }).catch(() => ctx.signal.throwIfAborted());
    }
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'a certificate can be looked at again' }),

  async preview(given, ctx) {
    const left = daysLeft(await lookedAt(given, ctx), ctx.now().getTime());
    return `would look at the certificate of ${placeOf(given)}; now: ${daysInWords(left)}`;
  },
});

async function judged(given: Input, ctx: ActionContext): Promise<StepResult> {
  const found = await lookedAt(given, ctx);
  const now = ctx.now().getTime();
  const left = daysLeft(found, now);
  const words = `${placeOf(given)} has a certificate for ${namesOf(found)}, ${daysInWords(left)}`;
  const facts = { days_left: left, valid_to: new Date(found.validTo).toISOString(), fingerprint: found.fingerprint256 };
  const wrong = given.days === undefined ? undefined : wrongWith(found, { ...given, days: given.days }, now);
  if (wrong === undefined) return { summary: words, ...facts };
  throw new ActionError(`${words}, ${wrong}.`, { code: 'certificate', facts });
}

function wrongWith(found: X509Certificate, given: Input & { days: number }, nowMs: number): string | undefined {
  const name = given.name ?? hostOf(given);
  if (daysLeft(found, nowMs) < given.days) return `and ${given.days} days are wanted`;
  if (name !== undefined && !isFor(found, name)) return `and ${name} is not among its names`;
  return Date.parse(found.validFrom) > nowMs ? `and it begins only on ${found.validFrom}` : undefined;
}

function lookedAt(given: Input, { signal }: ActionContext): Promise<X509Certificate> {
  const { server, file = '', name = hostOf(given) ?? '' } = given;
  return server === undefined ? certificateInFile(file) : servedCertificate(server, name, signal);
}

function hostOf({ server }: Input): string | undefined {
  return server === undefined ? undefined : new URL(`tls://${server}`).hostname.replace(/^\[|\]$/g, '');
}

function placeOf({ server, file }: Input): string {
  return server ?? file ?? '';
}

function namesOf({ subjectAltName, subject }: X509Certificate): string {
  return subjectAltName?.replace(/(?:DNS|IP Address):/g, '') ?? subject ?? 'nobody';
}

function daysInWords(left: number): string {
  return left < 0 ? 'which is over' : `with ${left} ${left === 1 ? 'day' : 'days'} left`;
}
