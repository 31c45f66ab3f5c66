import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type Instruments = ReturnType<typeof createInstruments>;

const RECOVERY_SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800];
const PEOPLE_SECONDS = [5, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600];
const HTTP_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Slack gives up after 3, Telegram after 10. */
const ACK_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 3, 5, 10];

/** Every metric, by the name that the code has for it. A new one is one line. */
export function createInstruments(registry: Registry) {
  const of = <Label extends string>(name: string, help: string, labelNames: Label[]) => ({
    name,
    help,
    labelNames,
    registers: [registry],
  });
  return {
    attempts: new Counter(of('recovery_attempts_total', 'Recoveries that were started', ['service', 'strategy'])),
    outcomes: new Counter(of('recovery_outcomes_total', 'Recoveries that ended', ['service', 'outcome'])),
    duration: new Histogram({
      ...of('recovery_duration_seconds', 'From the start of a recovery to its end', ['service', 'outcome']),
      buckets: RECOVERY_SECONDS,
    }),
    work: new Histogram({
      ...of('recovery_work_seconds', 'Of a recovery that ended well: its work, without waiting for people', [
        'service',
      ]),
      buckets: RECOVERY_SECONDS,
    }),
    wait: new Histogram({
      ...of('recovery_wait_seconds', 'Of a recovery that ended well: what it waited, from its start to its end', [
        'service',
      ]),
      buckets: RECOVERY_SECONDS,
    }),
    firstAttempts: new Counter(
      of('recovery_first_attempt_total', 'Recoveries that ended well at the first attempt', ['service']),
    ),
    takeovers: new Counter(of('recovery_takeovers_total', 'Recoveries taken over from a worker that was gone', [])),
    steps: new Counter(of('recovery_steps_total', 'Attempts of steps, by what became of them', ['outcome'])),
    approvals: new Counter(of('approvals_total', 'Approvals, by what became of them', ['outcome'])),
    approvalWait: new Histogram({
      ...of('approval_wait_seconds', 'From the question to each decision of a person', ['verdict']),
      buckets: PEOPLE_SECONDS,
    }),
    approvalOldest: new Gauge(of('approval_oldest_seconds', 'How long the oldest open question waits', [])),
    escalations: new Counter(of('escalations_total', 'Services that needed people, by the reason', ['reason'])),
    escalationLevels: new Counter(of('escalation_levels_total', 'Levels whose people were told', ['channel'])),
    escalationFailures: new Counter(
      of('escalation_channel_failures_total', 'Channels that did not get through, so that the next level was told', [
        'channel',
      ]),
    ),
    serviceHealth: new Gauge(of('service_health_status', '1 healthy, 0 unhealthy; absent while unknown', ['service'])),
    availability: new Gauge(
      of('service_availability_percent', 'Of the last 30 days, maintenance left out; absent while unknown', [
        'service',
      ]),
    ),
    errorBudget: new Gauge(
      of('service_error_budget_left', 'Part that is left of what it may be down in 30 days; below 0: overdrawn', [
        'service',
      ]),
    ),
    maintenance: new Gauge(of('service_maintenance', '1 while planned work goes on', ['service'])),
    flapping: new Gauge(of('service_flapping', '1 while it falls ill again and again', ['service'])),
    monitorSilent: new Gauge(
      of('health_monitor_silent_seconds', 'Since some process last said that it watches the services', []),
    ),
    breaker: new Gauge(of('circuit_breaker_state', '0 closed, 1 half-open, 2 open', ['service'])),
    connections: new Gauge(
      of('active_connections', 'Calls that this process makes to a service now, through its breaker', ['service']),
    ),
    errorRate: new Gauge(
      of('error_rate', 'Per cent of the calls of the last minute that failed; absent while the breaker is open', [
        'service',
      ]),
    ),
    alertsReceived: new Counter(of('alerts_received_total', 'Alerts that were stored', ['source', 'status'])),
    alertsDeduplicated: new Counter(of('alerts_deduplicated_total', 'Of them, those that said nothing new', [])),
    alertsRefused: new Counter(
      of('alerts_refused_total', 'Webhooks, or alerts in them, that were not taken', ['source', 'code']),
    ),
    alertPosts: new Counter(of('alert_posts_total', 'Posts of incidents', ['platform'])),
    active: new Gauge(of('recoveries_active', 'Recoveries that run', [])),
    queued: new Gauge(of('recoveries_queued', 'Recoveries that wait for a slot or a claim', [])),
    queueOldest: new Gauge(of('recoveries_queued_oldest_seconds', 'How long the oldest of them waits', [])),
    approvalsPending: new Gauge(of('approvals_pending', 'Recoveries that wait for people', [])),
    unknownOutcomes: new Gauge(of('steps_unknown', 'Steps whose outcome a person must tell', [])),
    outboxPending: new Gauge(of('outbox_pending', 'Messages that wait to be sent', [])),
    outboxFailing: new Gauge(of('outbox_failing', 'Of these, tried in vain already', [])),
    outboxOldest: new Gauge(of('outbox_oldest_seconds', 'How long the oldest of them waits', [])),
    workers: new Gauge(of('workers_alive', 'Workers whose heart beats, in each pool', ['pool', 'version'])),
    dbPoolHealthy: new Gauge(of('bot_db_pool_healthy', '1 while Postgres answers', [])),
    chatAcks: new Histogram({
      ...of('chat_ack_seconds', 'Until a chat platform had its answer to what people did', ['platform']),
      buckets: ACK_SECONDS,
    }),
    chatAcksLate: new Counter(
      of('chat_acks_late_total', 'Answers that a chat platform did not have shortly before its patience ends', [
        'platform',
      ]),
    ),
    chatSends: new Histogram({
      ...of('chat_send_seconds', 'Until a chat platform had taken a message or an edit', ['platform']),
      buckets: ACK_SECONDS,
    }),
    chatSendFailures: new Counter(
      of('chat_send_failures_total', 'Messages and edits that a platform did not take; they are tried again', [
        'platform',
        'reason',
      ]),
    ),
    eventLoopLag: new Gauge(
      of('event_loop_lag_seconds', 'How late this process is, 99th percentile since the last scrape', []),
    ),
    build: new Gauge(of('reviver_build_info', 'Always 1', ['version', 'node'])),
    sockets: new Gauge(of('ws_connections', 'Open WebSockets of this process', [])),
    socketsCutOff: new Counter(of('ws_cut_off_total', 'WebSockets that this side ended, by the reason', ['reason'])),
    httpDuration: new Histogram({
      ...of('http_request_duration_seconds', 'Time to answer a request', ['method', 'route', 'status']),
      buckets: HTTP_SECONDS,
    }),
  };
}
