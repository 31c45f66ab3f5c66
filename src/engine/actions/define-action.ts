import type { z } from 'zod';
import type { JsonObject } from '../model/json.js';
import type { Action } from './action.js';
import { parseInput } from './parse-input.js';

/**
 * An action as the tables hold it. Inside, the author works with the schema's own type; outside, every call takes plain
 * JSON, which is checked again: a stored step may be older than the schema.
 */
export function defineAction<Schema extends z.ZodType<JsonObject>>(
  own: Action<z.output<Schema>> & { input: Schema },
): Action {
  const read = (raw: JsonObject): z.output<Schema> => parseInput<z.output<Schema>>(own, raw);
  const { risk, spawns = false, pin, look, probe, inverse, imagine, detail, preview } = own;
  return {
    ...own,
    risk: typeof risk === 'function' ? (raw) => risk(read(raw)) : risk,
    spawns: typeof spawns === 'function' ? (raw, ctx) => spawns(read(raw), ctx) : spawns,
    services: (raw, catalog) => own.services(read(raw), catalog),
    pin: pin && (async (raw, kept) => pin(read(raw), kept)),
    title: (raw) => own.title(read(raw)),
    look: look && ((raw, ctx) => look(read(raw), ctx)),
    run: async (raw, ctx, before) => own.run(read(raw), ctx, before),
    probe: probe && ((raw, before, ctx) => probe(read(raw), before, ctx)),
    inverse: inverse && ((raw, before) => inverse(read(raw), before)),
    imagine: imagine && ((raw) => imagine(read(raw))),
    detail: detail && (async (raw, ctx) => detail(read(raw), ctx)),
    preview: preview && (async (raw, ctx) => preview(read(raw), ctx)),
  };
}
