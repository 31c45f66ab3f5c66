import { conceptsIn } from '../knowledge/concepts.js';
import { wordsOf } from '../knowledge/normalise.js';
import type { Service } from '../model/service.js';
import type { Runbook } from './runbook.js';

const TECHNOLOGIES: ReadonlySet<string> = new Set(['#redis', '#postgres']);

/** A concept that names what a service is. */
export function isTechnology(concept: string): boolean {
  return TECHNOLOGIES.has(concept);
}

/** What a service is, by its checks and names. */
export function technologiesOf(service: Service): string[] {
  const { name, containerName = '', compose, process, kubernetes, systemd, health } = service;
  const names = [name, containerName, compose?.service, process?.command[0], kubernetes?.name, systemd?.unit];
  return named([...names.map((one) => one ?? ''), ...health.map(({ type }) => type)]);
}

/**
 * A text without the name of its service, which says nothing about what is wrong, and would make all incidents of the service
 * alike; a name that says what the service is stays.
 */
export function withoutName(text: string, service: string): string {
  return named([service]).length > 0 ? text : text.replaceAll(service, ' ');
}

/** What a runbook is for alone, by its names. None: it is for any service. */
export function technologiesFor({ id, name = '', match }: Runbook): string[] {
  return named([id, name, ...match.services]);
}

function named(texts: readonly string[]): string[] {
  return conceptsIn(texts.flatMap(wordsOf)).filter(isTechnology);
}
