import { InvalidInput } from '../../model/errors.js';
import { namesInCondition } from '../../planner/condition-names.js';
import { nearest } from '../../planner/nearest.js';
import { isTemplate, namesIn } from '../../planner/templates.js';
import type { Found, Rule } from '../rule.js';
import type { Subject, Text } from '../subject.js';

const OF_SERVICE = ['service.name', 'service.runtime', 'service.criticality', 'service.priority'];
const OF_INCIDENT = ['incident.title', 'incident.severity'];

/** A text that reads names: a template, or a condition. */
interface Reader extends Text {
  names: string[];
}

export const badTemplate: Rule = {
  id: 'bad-template',
  severity: 'error',
  why: 'A template that cannot be read makes every plan of its runbook fail.',
  fix: 'Write {{ name }}; there are no loops, includes or code.',
  find: ({ texts }) =>
    failures(texts.filter(isFilled).map(({ path, text }) => ({ path, read: () => namesIn(text, '') }))),
};

export const badCondition: Rule = {
  id: 'bad-condition',
  severity: 'error',
  why: 'A condition that cannot be judged fails its step.',
  fix: 'Write CEL, such as "incident.severity >= 0.5" (https://cel.dev).',
  find: ({ steps }) =>
    failures(
      steps.flatMap(({ long, path }) =>
        long?.when === undefined
          ? []
          : [{ path: [...path, 'when'], read: () => namesInCondition(long.when ?? '', '') }],
      ),
    ),
};

export const unknownName: Rule = {
  id: 'unknown-name',
  severity: 'error',
  why: 'A name that nothing stands for makes the plan, or the step, fail.',
  fix: 'Use service.name, params.NAME, incident.title, incident.severity, and in conditions steps.ID.state and steps.ID.result.',
  async find(subject) {
    const params = Object.keys(subject.runbook.params).map((name) => `params.${name}`);
    const ids = subject.steps.flatMap(({ long }) => (long?.id === undefined ? [] : [long.id]));
    const inTemplates = [...OF_SERVICE, ...OF_INCIDENT, ...params];
    const inConditions = ['service.name', ...OF_INCIDENT, 'incident.id', ...params];
    return [
      ...(await templatesOf(subject)).flatMap((reader) => strangers(reader, inTemplates)),
      ...(await conditionsOf(subject)).flatMap((reader) => strangers(reader, inConditions, ids)),
    ];
  },
};

export const unusedParam: Rule = {
  id: 'unused-param',
  severity: 'warning',
  why: 'People are asked for a parameter that changes nothing.',
  fix: 'Use it as {{ params.NAME }}, or remove it.',
  async find(subject) {
    const readers = [...(await templatesOf(subject)), ...(await conditionsOf(subject))];
    const used = new Set(readers.flatMap(({ names }) => names.map((name) => name.split('.').slice(0, 2).join('.'))));
    // Somebody may read them all at once.
    if (used.has('params')) return [];
    return Object.keys(subject.runbook.params)
      .filter((name) => !used.has(`params.${name}`))
      .map((name) => ({ path: ['params', name], says: 'nothing reads this parameter' }));
  },
};

/** Paths of a name that begins like a known one are of its value: `params.hosts.first` reads params.hosts. */
function strangers({ path, names }: Reader, known: readonly string[], ids?: readonly string[]): Found[] {
  return names.flatMap((name) => {
    const [first, second, third] = name.split('.');
    if (ids && first === 'steps') {
      if (second === undefined || ids.includes(second) || /_\d+$/.test(second))
        return third === undefined || third === 'state' || third === 'result'
          ? []
          : [
              {
                path,
                says: `there is no "${name}"`,
                mend: `Of a step there are steps.${second}.state and steps.${second}.result.`,
              },
            ];
      const guess = nearest(second, ids);
      return [
        {
          path,
          says: `there is no step "${second}"`,
          mend: guess ? `Did you mean ${guess}?` : `Steps with an id: ${ids.join(', ') || 'none'}.`,
        },
      ];
    }
    const whole = second === undefined ? known.some((one) => one.startsWith(`${first}.`)) : false;
    if (whole || known.includes(`${first}.${second}`)) return [];
    const guess = nearest(name, known);
    return [
      {
        path,
        says: `there is no "${name}"`,
        mend: guess ? `Did you mean ${guess}?` : `Known are ${known.join(', ')}.`,
      },
    ];
  });
}

async function templatesOf({ texts }: Subject): Promise<Reader[]> {
  return read(texts.filter(isFilled).map(({ path, text }) => ({ path, text, names: namesIn(text, '') })));
}

async function conditionsOf({ steps }: Subject): Promise<Reader[]> {
  return read(
    steps.flatMap(({ long, path }) =>
      long?.when === undefined
        ? []
        : [{ path: [...path, 'when'], text: long.when, names: namesInCondition(long.when, '') }],
    ),
  );
}

/** What cannot be read is told by another rule. */
async function read(found: (Text & { names: Promise<string[]> })[]): Promise<Reader[]> {
  const all = found.map(async ({ names, ...text }) => ({ ...text, names: await names.catch(() => []) }));
  return Promise.all(all);
}

/** Names and inputs of steps are filled; conditions are not, and elsewhere braces are text. */
function isFilled({ path, text }: Text): boolean {
  return path[0] === 'steps' && path.at(-1) !== 'when' && isTemplate(text);
}

async function failures(all: { path: readonly PropertyKey[]; read: () => Promise<unknown> }[]): Promise<Found[]> {
  const found = await Promise.all(
    all.map(async ({ path, read }): Promise<Found[]> => {
      try {
        await read();
        return [];
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        const { value, allowed } = error.facts;
        return [{ path, says: `${String(value)} cannot be read`, mend: `Expected: ${String(allowed)}.` }];
      }
    }),
  );
  return found.flat();
}
