import type { BreakerView } from '../breakers/view.js';
import type { EnginePorts } from '../create-engine.js';
import type { Engine } from '../engine.js';
import { breakerFingerprint, healthFingerprint, isOwnIncident, SEVERITY } from '../health/own-incident.js';
import { formatDuration } from '../model/duration.js';
import { UserError } from '../model/errors.js';
import type { Service } from '../model/service.js';
import { decideAlone } from './decide-alone.js';
import { maintenanceNow } from './maintenance.js';
import { type Answer, BREAKER } from './may-start.js';

export interface OpeningPorts
  extends Pick<
    EnginePorts,
    'incidents' | 'services' | 'breakers' | 'autoRecover' | 'maintenance' | 'plannedMaintenance' | 'now'
  > {
  engine: Pick<Engine, 'plan' | 'recover'>;
}

export interface Opening {
  service: string;
  /** Why the breaker opened. */
  reason: string;
  /** The same for every repetition: it makes one recovery. */
  key: string;
}

/**
 * Calls opened a breaker: the incident says so in its channel, and where `auto_recover` allows it a recovery is asked for in
 * the breaker's name, with the service's priority and with the approvals that its plan needs. An opening that is
 * heard of late, when the breaker is closed again or a recovery has helped, is history; in a maintenance nobody is told.
 */
export async function answerOpening(opening: Opening, ports: OpeningPorts): Promise<void> {
  const service = ports.services().find(({ name }) => name === opening.service);
  const view = await viewOf(opening.service, ports);
  if (!service || !view || view.state === 'closed' || view.recovered) return;
  if ((await maintenanceNow(ports)).some((one) => one.service === service.name)) return;
  const answer = await decideAlone(service, BREAKER, ports);
  await announce(opening, service, view, answer, ports);
  if (!answer.start) return;
  const request = { service: service.name, reason: `its circuit breaker opened: ${opening.reason}` };
  try {
    await ports.engine.recover(request, BREAKER, { platform: BREAKER.via, request: opening.key });
  } catch (error) {
    const code = error instanceof UserError ? error.code : undefined;
    // Another recovery runs: that one is the answer.
    if (code === 'conflict') return;
    if (!(error instanceof UserError) || code === 'unavailable') throw error;
    await announce(opening, service, view, { start: false, because: error.message }, ports);
  }
}

/** The breaker closed: what it told of is over, unless the health checks still fail. */
export async function answerClosing(
  service: string,
  ports: Pick<OpeningPorts, 'incidents' | 'breakers'>,
): Promise<void> {
  if ((await viewOf(service, ports))?.state !== 'closed') return;
  await ports.incidents.resolve({ fingerprint: breakerFingerprint(service) });
  const health = (await ports.incidents.health()).find((one) => one.service === service);
  if (health?.status !== 'unhealthy') await ports.incidents.resolve({ fingerprint: healthFingerprint(service) });
}

async function viewOf(service: string, { breakers }: Pick<OpeningPorts, 'breakers'>): Promise<BreakerView | undefined> {
  return (await breakers.views()).find((one) => one.service === service);
}

/** The incident that is there is told of it, else there is one now. Its post has the Recover button. */
async function announce(
  { service, reason }: Opening,
  { criticality }: Service,
  { since, trialAt }: BreakerView,
  { start, because }: Answer,
  { incidents }: OpeningPorts,
): Promise<void> {
  const open = await incidents.openFor(service);
  // People read it later, too: how long, not how long from now.
  const forMs = trialAt && since ? trialAt.getTime() - since.getTime() : 0;
  const refused = `Its circuit breaker is open: calls are refused for ${formatDuration(forMs)}, then one is let through.`;
  const next = start ? 'A recovery is asked for' : 'No recovery begins by itself';
  await incidents.report({
    service,
    ...(open && isOwnIncident(open)
      ? { fingerprint: open.fingerprint, title: open.title }
      : await fresh(service, incidents)),
    detail: `${reason}. ${refused} ${next} (${because}).`,
    severity: SEVERITY[criticality],
  });
}

/** When its health checks fail, too, this is the incident that the health monitor is about to open. */
async function fresh(service: string, incidents: OpeningPorts['incidents']) {
  const health = (await incidents.health()).find((one) => one.service === service);
  return health && health.consecutiveFailures > 0
    ? { fingerprint: healthFingerprint(service), title: `${service} is down` }
    : { fingerprint: breakerFingerprint(service), title: `${service} fails its calls` };
}
