import { z } from 'zod';
import { count } from '../health/words.js';
import { redact } from '../model/redact.js';
import { defineAction } from './define-action.js';
import { serviceName } from './fields.js';

const LINES = 'a number of lines from 1 to 100';
/** Characters of a line that are shown: one line of a program can be a whole document. */
const MAX_LINE = 300;

export const showLogs = defineAction({
  name: 'show_logs',
  description: "Shows a service's last lines in the thread, secrets left out; changes nothing.",
  version: 1,
  input: z.strictObject({
    service: serviceName,
    lines: z.coerce
      .number({ error: LINES })
      .int({ error: LINES })
      .min(1, { error: LINES })
      .max(100, { error: LINES })
      .default(15),
  }),
  shorthand: 'service',
  risk: 0,
  idempotent: true,
  spawns: true,
  timeoutMs: 20_000,
  services: ({ service }) => [service],
  title: ({ service }) => `Show the last lines of ${service}`,

  async run({ service, lines }, ctx) {
    const runtime = ctx.runtime(service);
    const { summary } = await runtime.status(ctx.signal);
    const last = (await runtime.logs(lines)).slice(-lines).map(shown);
    if (last.length > 0) ctx.log(last.join('\n'));
    return {
      summary: `${summary}; ${last.length > 0 ? `its last ${count(last.length, 'line')}` : 'it printed nothing'}`,
      lines: last,
    };
  },

  probe: async () => ({ outcome: 'not_done', evidence: 'lines can be read again' }),
  preview: async ({ service, lines }) => `would show the last ${count(lines, 'line')} of ${service}`,
});

function shown(line: string): string {
  const safe = redact(line);
  return safe.length > MAX_LINE ? `${safe.slice(0, MAX_LINE)}...` : safe;
}
