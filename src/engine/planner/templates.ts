import { InvalidInput } from '../model/errors.js';
import type { Json, JsonObject } from '../model/json.js';

/** Fills `{{ … }}` in every text of a value; templates can read facts and nothing else, and an unknown name is an error. */
export async function fill(value: unknown, facts: JsonObject, field: string): Promise<Json> {
  if (typeof value === 'string')
    return value.includes('{{') || value.includes('{%') ? fillText(value, facts, field) : value;
  if (Array.isArray(value)) return Promise.all(value.map((item, index) => fill(item, facts, `${field}.${index}`)));
  if (typeof value === 'object' && value !== null) {
    const entries = await Promise.all(
      Object.entries(value).map(async ([key, inner]) => [key, await fill(inner, facts, `${field}.${key}`)] as const),
    );
    return Object.fromEntries(entries);
  }
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new InvalidInput(field, value, 'a text, number, boolean, list or mapping');
}

async function fillText(text: string, facts: JsonObject, field: string): Promise<string> {
  const { Liquid } = await import('liquidjs');
  const engine = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    templates: {},
    parseLimit: 100_000,
    renderLimit: 200,
    memoryLimit: 1_000_000,
  });
  try {
    return String(await engine.parseAndRender(text, facts));
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new InvalidInput(field, text, `a template over service, params and incident (${why})`);
  }
}
