import type { Runtime, RuntimeStatus } from '../runtimes/runtime.js';

/** The services of a rehearsal: each runs or does not, and nothing else is known of it. Nothing outside is touched. */
export interface World {
  runtime(service: string): Runtime;
}

/** @param running whether the services run, and are only ill, when the rehearsal begins */
export function createWorld(running: boolean): World {
  const instances = new Map<string, number>();
  let starts = 0;
  const instanceOf = (service: string) => instances.get(service) ?? (running ? -1 : 0);

  const status = (service: string): RuntimeStatus => {
    const instance = instanceOf(service);
    if (instance === 0) return { status: 'stopped', instance: null, summary: 'nothing runs', facts: {} };
    const summary = instance < 0 ? 'the instance from before' : `instance ${instance}`;
    return { status: 'running', instance: String(instance), summary, facts: {} };
  };
  const become = (service: string, instance: number): RuntimeStatus => {
    instances.set(service, instance);
    return status(service);
  };
  const fresh = (service: string): RuntimeStatus => {
    starts += 1;
    return become(service, starts);
  };

  return {
    runtime: (service) => ({
      name: 'rehearsal',
      status: async () => status(service),
      stop: async () => become(service, 0),
      start: async () => (instanceOf(service) === 0 ? fresh(service) : status(service)),
      recreate: async () => fresh(service),
      logs: async () => [],
    }),
  };
}
