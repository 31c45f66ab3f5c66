import type { Engine } from '../engine/engine.js';
import { formatCommand } from './commands/tokenise.js';
import type { FormChoices } from './port.js';

/** What the form of `/recover` offers, from what the engine knows of services and runbooks. */
export function formChoices(engine: Pick<Engine, 'services' | 'runbooks'>): FormChoices {
  const runbooks = engine.runbooks();
  const fits = (service: string) =>
    runbooks.filter(({ services }) => services.length === 0 || services.includes(service)).map(({ id }) => id);
  const services = [...engine.services()].sort((a, b) => a.priority - b.priority || a.name.localeCompare(b.name));
  return {
    services: services.map(({ name, recoveryStrategies }) => ({
      name,
      runbooks: fits(name),
      strategies: recoveryStrategies,
    })),
    parameters: Object.fromEntries(runbooks.map(({ id, parameters }) => [id, parameters])),
  };
}

/** What someone chose in a form. */
export interface FormAnswers {
  service: string;
  runbook?: string;
  strategy?: string;
  params?: Readonly<Record<string, string>>;
  dryRun?: boolean;
  reason?: string;
}

/** The command line that stands for the answers: a form and a typed command take one path. */
export function formCommand({ service, runbook, strategy, params = {}, dryRun, reason }: FormAnswers): string {
  return formatCommand([
    service,
    ...Object.entries(params).map(([key, value]) => `${key}=${value}`),
    ...(runbook === undefined ? [] : ['--runbook', runbook]),
    ...(strategy === undefined ? [] : ['--strategy', strategy]),
    ...(dryRun ? ['--dry-run'] : []),
    ...(reason === undefined ? [] : ['--reason', reason]),
  ]);
}
