import type { IncomingAlert } from '../../engine/alerts/incoming.js';
import { readGroup } from './alertmanager.js';
import type { Read } from './read.js';

const read = readGroup('grafana');

/** Grafana's unified alerting. Its "Test" button sends an alert that is none: it is answered, and nothing is done. */
export const readGrafana: Read = async (body, context) => {
  const reading = await read(body, context);
  const alerts = reading.alerts.filter((alert) => !isTest(alert));
  if (alerts.length < reading.alerts.length && alerts.length === 0)
    return { alerts, unreadable: 0, ignored: "Grafana's test has arrived. Nothing is done with it." };
  return { ...reading, alerts };
};

/** Source: Grafana, `notifier/receivers.go`: the test alert is named so, and comes from an instance of that name. */
function isTest({ labels }: IncomingAlert): boolean {
  return labels.alertname === 'TestAlert' && labels.instance === 'Grafana';
}
