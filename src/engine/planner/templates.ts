import type { Liquid } from 'liquidjs';
import { InvalidInput } from '../model/errors.js';
import type { Json, JsonObject } from '../model/json.js';

/** Fills `{{ … }}` in every text of a value; templates can read facts and nothing else, and an unknown name is an error. */
export async function fill(value: unknown, facts: JsonObject, field: string): Promise<Json> {
  if (typeof value === 'string') return isTemplate(value) ? fillText(value, facts, field) : value;
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
  const engine = await templateEngine();
  try {
    return String(await engine.parseAndRender(text, facts));
  } catch (error) {
    throw notATemplate(error, text, field);
  }
}

const read = new Map<string, Promise<string[]>>();

/** The names that a text reads, such as `service.name` and `params.backup`, whether or not they exist. */
export function namesIn(text: string, field: string): Promise<string[]> {
  if (!isTemplate(text)) return Promise.resolve([]);
  const known = read.get(text) ?? templateEngine().then((engine) => engine.globalFullVariables(text));
  if (read.size > 2_000) read.clear();
  read.set(text, known);
  return known.catch((error: unknown) => {
    throw notATemplate(error, text, field);
  });
}

export function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%');
}

let made: Promise<Liquid> | undefined;

/** One for all, loaded when the first template is met. */
function templateEngine(): Promise<Liquid> {
  made ??= import('liquidjs').then(({ Liquid }) => {
    const engine = new Liquid({
      strictVariables: true,
      strictFilters: true,
      ownPropertyOnly: true,
      templates: {},
      parseLimit: 100_000,
      renderLimit: 200,
      memoryLimit: 20_000,
    });
    for (const tag of REFUSED_TAGS) delete engine.tags[tag];
    return engine;
  });
  return made;
}

/** Loops, of which many small ones take long together, and other files. */
const REFUSED_TAGS = ['for', 'tablerow', 'cycle', 'include', 'render', 'layout', 'block', 'liquid'];

function notATemplate(error: unknown, text: string, field: string): InvalidInput {
  const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return new InvalidInput(field, text, `a template over service, params and incident (${why})`);
}
