import type { ServiceDirectory } from '../discovery/directory.js';
import type { Service } from '../model/service.js';
import type { IncidentStore } from '../ports.js';
import { type LeadPorts, lead } from './lead.js';
import { flappingFingerprint, healthFingerprint } from './own-incident.js';
import { createSlots } from './slots.js';
import { notRecorded, type WatchPorts, watch } from './watch.js';

export interface MonitorPorts extends Omit<LeadPorts, 'services'>, Pick<WatchPorts, 'check' | 'ask' | 'availability'> {
  directory: ServiceDirectory;
  availability: LeadPorts['availability'] & WatchPorts['availability'];
  incidents: LeadPorts['incidents'] & Pick<IncidentStore, 'saveHealth' | 'forgetHealth'>;
}

/** Sockets and programs of checks that are open at once. */
const MOST_CHECKS = 100;

/**
 * Watches every service that has a check, as they come and go; opens an incident when one falls ill, and resolves it when
 * it is well again, or is no service any more. One process of the cluster does it; the others stand by.
 */
export function startMonitor(ports: MonitorPorts): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const watched = new Map<string, Watch>();
  /** Watches that are about to end; a name is watched anew when its old watch has ended. */
  const ending = new Map<string, Promise<void>>();
  const services = () => new Map(ports.directory.all().map((service) => [service.name, service]));
  const leader = lead({ ...ports, services }, stopping.signal);
  const watching: WatchPorts = { ...ports, ...leader, slot: createSlots(MOST_CHECKS) };

  function follow(known: readonly Service[]): void {
    leader.know(known);
    const checked = new Map(known.filter(({ health }) => health.length > 0).map((one) => [one.name, one]));
    for (const [name, { service, stop, done }] of watched) {
      const now = checked.get(name);
      if (now && JSON.stringify(now) === JSON.stringify(service)) continue;
      watched.delete(name);
      stop.abort();
      const ended = now ? done : done.then(() => forget(service));
      ending.set(name, ended);
      void ended.then(() => void (ending.get(name) === ended && ending.delete(name)));
    }
    for (const [name, service] of checked) if (!watched.has(name)) begin(service, ending.get(name));
  }

  function begin(service: Service, after: Promise<void> | undefined): void {
    const stop = new AbortController();
    const signal = AbortSignal.any([stopping.signal, stop.signal]);
    const done = (after ?? Promise.resolve()).then(() => watch(service, watching, signal));
    watched.set(service.name, { service, stop, done });
  }

  /**
   * The last measurement of what is not there any more would be the past of another service of that name, and its incident
   * would wait for ever to be recovered.
   */
  async function forget(service: Service): Promise<void> {
    const { name } = service;
    leader.forget(name);
    try {
      if (!(await ports.leads())) return;
      await ports.availability.count(name, 'unknown');
      await ports.incidents.forgetHealth(name);
      await ports.incidents.resolve({ fingerprint: healthFingerprint(name) }, GONE);
      await ports.incidents.resolve({ fingerprint: flappingFingerprint(name) }, GONE);
    } catch (error) {
      notRecorded(service, error, ports);
    }
  }

  const unlisten = ports.directory.onChange(follow);
  follow(ports.directory.all());
  return {
    async stop() {
      unlisten();
      stopping.abort();
      await Promise.allSettled([...[...watched.values()].map(({ done }) => done), ...ending.values(), leader.ended]);
    },
  };
}

interface Watch {
  service: Service;
  stop: AbortController;
  done: Promise<void>;
}

const GONE = 'it is watched no more: it is no service now, or has no health check';
