import type { AlertStore, Taken } from '../alerts/alert.js';
import { createGather } from '../alerts/gather.js';
import type { IncomingAlert } from '../alerts/incoming.js';
import { type PreparePorts, prepare } from '../alerts/prepare.js';
import { sortIn } from '../alerts/sort-in.js';

/** Takes alerts in: each is known to be stored when its caller has an answer. */
export function createTakeAlerts(
  ports: PreparePorts & { alerts: Pick<AlertStore, 'take'> },
): (alerts: readonly IncomingAlert[]) => Promise<Taken[]> {
  const store = createGather((alerts) => ports.alerts.take(alerts, sortIn));
  return async (incoming) => store(await Promise.all(incoming.map((alert) => prepare(alert, ports))));
}
