import type { EnginePorts } from '../create-engine.js';
import type { Fitting, PlanRequest } from '../engine.js';
import { wordsOf } from '../knowledge/normalise.js';
import { UserError } from '../model/errors.js';
import type { Service } from '../model/service.js';
import { aboutOf, alertsOf } from '../planner/about.js';
import { matchOf } from '../planner/match.js';
import { isTechnology, technologiesOf } from '../planner/technology.js';

type FittingPorts = Pick<EnginePorts, 'knowledge' | 'runbooks' | 'services'>;

/** Runbooks that a description speaks of, whichever service it is about; the best first. */
export async function fitting(
  request: Pick<PlanRequest, 'description' | 'alert'>,
  { knowledge, runbooks }: Pick<FittingPorts, 'knowledge' | 'runbooks'>,
): Promise<Fitting[]> {
  const text = aboutOf(request, {});
  const about = { service: undefined, text, alerts: alertsOf(request, {}), known: await knowledge.look(text) };
  return runbooks
    .map((runbook) => ({ runbook: runbook.id, ...matchOf(runbook, about) }))
    .map(({ runbook, relevance, fits, because }) => ({ runbook, relevance, fits, because }))
    .filter(({ relevance }) => relevance > 0)
    .sort((a, b) => b.relevance - a.relevance);
}

/** The one service that a description speaks of: by its name, else by what it is. */
export async function serviceSpokenOf(request: PlanRequest, ports: FittingPorts): Promise<string> {
  const text = aboutOf(request, {});
  const words = ` ${wordsOf(text).join(' ')} `;
  const { tokens } = await ports.knowledge.look(text);
  const technologies = tokens.concepts.filter(isTechnology);
  const named = (name: string) => words.includes(` ${wordsOf(name).join(' ')} `);
  const ways: ((service: Service) => boolean)[] = [
    ({ name, containerName = name }) => named(name) || named(containerName),
    (service) => technologiesOf(service).some((technology) => technologies.includes(technology)),
  ];
  for (const way of ways) {
    const found = ports.services().filter(way);
    const [first] = found;
    if (first && found.length === 1) return first.name;
    if (found.length > 1) throw unclear(`It may be about ${list(found)}.`, found, await fitting(request, ports));
  }
  const all = ports.services();
  throw unclear(`Known services: ${list(all) || 'none'}.`, all, await fitting(request, ports));
}

function unclear(which: string, services: readonly Service[], runbooks: readonly Fitting[]): UserError {
  const fits = runbooks.slice(0, 3).map(({ runbook }) => runbook);
  return new UserError(
    'invalid_input',
    `There is no plan: the description does not say which service it is about. ${which} ` +
      `Name one in "service". ${fits.length > 0 ? `Runbooks that fit: ${fits.join(', ')}.` : 'No runbook fits it, either.'}`,
    { field: 'service', services: services.map(({ name }) => name), runbooks: fits },
  );
}

function list(services: readonly Service[]): string {
  const names = services.map(({ name }) => name);
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}
