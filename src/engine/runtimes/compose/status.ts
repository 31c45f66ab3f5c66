import { createHash } from 'node:crypto';
import type { Inspected } from '../docker/container.js';
import type { RuntimeStatus } from '../runtime.js';
import type { ComposeContainers } from './containers.js';

const NUMBER = 'com.docker.compose.container-number';
const short = ({ Id }: Inspected): string => Id.slice(0, 12);

/** Several containers are one service: it runs when one of them does, and any start of any makes it another instance. */
export function composeStatus(service: string, { project, containers }: ComposeContainers): RuntimeStatus {
  if (containers.length === 0)
    return { status: 'missing', instance: null, summary: `no container of ${service}`, facts: {} };
  const running = containers.filter(({ State }) => State.Running && !State.Paused);
  const left = containers.length - replicas(containers);
  const facts = {
    project: project ?? '',
    replicas: replicas(containers),
    running: running.length,
    image: containers[0]?.Config.Image ?? '',
    // Compose gives the old one another name while it makes the new one: both have the same number.
    ...(left > 0 ? { aside: left } : {}),
  };
  const ids = containers.map(short).sort().join(', ');
  const those = containers.length === 1 ? `container ${ids}` : `containers ${ids}`;
  if (running.length === 0) return { status: 'stopped', instance: null, summary: `${those}: none runs`, facts };
  const some = running.length < containers.length ? `, ${running.length} of ${containers.length} running` : '';
  return { status: 'running', instance: instanceOf(running), summary: those + some, facts };
}

/** How many there are of it, whether they run or not. */
export function replicas(containers: readonly Inspected[]): number {
  return new Set(containers.map(({ Id, Config }) => Config.Labels[NUMBER] ?? Id)).size;
}

function instanceOf(running: readonly Inspected[]): string {
  const starts = running.map(({ Id, State }) => `${Id}@${State.StartedAt}`).sort();
  return createHash('sha256').update(starts.join('\n')).digest('hex').slice(0, 16);
}
