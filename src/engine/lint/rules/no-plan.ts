import { InvalidInput, UserError } from '../../model/errors.js';
import { imaginedPlan } from '../../rehearsal/imagined-plan.js';
import { installationFor } from '../../rehearsal/installation-for.js';
import type { Found, Rule } from '../rule.js';
import type { Subject } from '../subject.js';

export const noPlan: Rule = {
  id: 'no-plan',
  severity: 'error',
  why: 'The planner itself refuses the runbook.',
  fix: 'Do what its words say.',
  async find(subject) {
    const { runbook, surroundings } = subject;
    const missing = Object.values(runbook.params).some(({ default: given }) => given === undefined || given === '');
    if (missing) return [];
    const found = await Promise.all(servicesOf(subject).map((service) => refusal(service, subject)));
    const [first] = found.flat();
    return first ? [first] : [];

    async function refusal(service: string, { runbook: { id } }: Subject): Promise<Found[]> {
      try {
        await imaginedPlan({ runbook: id, service, params: {} }, installationFor(runbook, service, surroundings));
        return [];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return [{ path: pathOf(error, id), says: `no plan for ${service}: ${error.message.replace(/\.$/, '')}` }];
      }
    }
  },
};

/** Those that it is for and that exist; without a configuration, one is enough. */
function servicesOf({ runbook: { match }, surroundings: { configured } }: Subject): string[] {
  const names = configured?.services.map(({ name }) => name);
  if (!names) return [match.services[0] ?? 'service'];
  return match.services.filter((name) => names.includes(name));
}

/** `redis_outage.steps[1].timeout` as a path; of another runbook's steps only the whole is known. */
function pathOf(error: UserError, id: string): PropertyKey[] {
  const field = error instanceof InvalidInput ? String(error.facts.field ?? '') : '';
  const inside = field.startsWith(`${id}.`) ? field.slice(id.length + 1) : '';
  const parts = inside.split(/[.[\]]/).filter((part) => part !== '' && !part.includes(':'));
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
