import type { Catalog, CommandHint, Parameter, ServiceHint } from '../model/catalog.js';
import { fieldOf, flagOf, given, listOf, textOf, textsOf } from './read.js';

const TARGETS = ['recovery', 'incident', 'service', 'runbook', 'command'] as const;

export function readCatalog(raw: unknown): Catalog {
  const parameters = fieldOf(raw, 'parameters');
  const runbooks = typeof parameters === 'object' && parameters !== null ? Object.keys(parameters) : [];
  return {
    commands: listOf(raw, 'commands', readCommand),
    services: listOf(raw, 'services', readService),
    parameters: Object.fromEntries(runbooks.map((id) => [id, listOf(parameters, id, readParameter)])),
    recoveries: listOf(raw, 'recoveries', (item) => {
      const name = textOf(item, 'name');
      if (name === undefined) return undefined;
      return { name, service: textOf(item, 'service') ?? '', state: textOf(item, 'state') ?? '' };
    }),
  };
}

function readCommand(raw: unknown): CommandHint | undefined {
  const name = textOf(raw, 'name');
  if (name === undefined) return undefined;
  const takes = textsOf(raw, 'takes');
  return {
    name,
    usage: textOf(raw, 'usage') ?? name,
    summary: textOf(raw, 'summary') ?? '',
    takes: TARGETS.filter((target) => takes.includes(target)),
    options: listOf(raw, 'options', (item) => {
      const option = textOf(item, 'name');
      return option === undefined ? undefined : { name: option, value: flagOf(item, 'value') };
    }),
    params: flagOf(raw, 'params'),
  };
}

function readService(raw: unknown): ServiceHint | undefined {
  const name = textOf(raw, 'name');
  if (name === undefined) return undefined;
  return { name, runbooks: textsOf(raw, 'runbooks'), strategies: textsOf(raw, 'strategies') };
}

function readParameter(raw: unknown): Parameter | undefined {
  const name = textOf(raw, 'name');
  if (name === undefined) return undefined;
  return { name, type: textOf(raw, 'type') ?? '', ...given('default', textOf(raw, 'default')) };
}
