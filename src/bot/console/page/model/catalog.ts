export type Target = 'recovery' | 'incident' | 'service' | 'runbook' | 'command';

export interface CommandHint {
  name: string;
  usage: string;
  summary: string;
  takes: Target[];
  options: { name: string; value: boolean }[];
  params: boolean;
}

export interface ServiceHint {
  name: string;
  runbooks: string[];
  strategies: string[];
}

export interface Parameter {
  name: string;
  type: string;
  default?: string;
}

/** What can be typed, as the server last said. */
export interface Catalog {
  commands: CommandHint[];
  services: ServiceHint[];
  /** By runbook. */
  parameters: Readonly<Record<string, Parameter[]>>;
  recoveries: { name: string; service: string; state: string }[];
}

/** Of one runbook, or of all that fit the service when none is named. */
export function parametersOf(catalog: Catalog, service: string | undefined, runbook: string | undefined): Parameter[] {
  const fitting = catalog.services.find(({ name }) => name === service)?.runbooks ?? [];
  const all = (runbook === undefined ? fitting : [runbook]).flatMap((id) => catalog.parameters[id] ?? []);
  return all.filter((each, index) => all.findIndex(({ name }) => name === each.name) === index);
}
