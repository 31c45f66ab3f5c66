import { beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/engine/model/json.js';
import { createMetrics, type Metrics } from '../../../src/metrics/metrics.js';
import { createScrape } from '../../../src/metrics/scrape.js';
import { MemoryEngine } from '../../support/api-engine.js';
import { aBreaker } from '../../support/builders.js';

const BACKLOG = {
  ...{
    outboxPending: 7,
    outboxFailing: 2,
    outboxOldestS: 3.5,
    queueOldestS: 4,
    approvalOldestS: 61,
    monitorSilentS: 2,
  },
};

let metrics: Metrics;
beforeEach(() => {
  metrics = createMetrics('1.2.3');
});

let lastId = 0;
function event(kind: string, data: JsonObject = {}) {
  lastId += 1;
  metrics.onEvent({ id: lastId, at: new Date(), recoveryId: 1, actor: 'Ann', kind, data });
}

async function lines(start: string): Promise<string[]> {
  return (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(start));
}

describe('counters follow the event log', () => {
  test('an attempt by service and strategy', async () => {
    event('recovery.started', { service: 'redis', strategy: 'restart' });
    event('recovery.started', { service: 'redis', plan: 'redis_outage' });
    event('recovery.started', { service: 'redis' });
    expect(await lines('recovery_attempts_total')).toEqual([
      'recovery_attempts_total{service="redis",strategy="restart"} 1',
      'recovery_attempts_total{service="redis",strategy="redis_outage"} 1',
      'recovery_attempts_total{service="redis",strategy="none"} 1',
    ]);
  });

  test.each(['succeeded', 'failed', 'rolled_back', 'cancelled'])('the end %s, with its duration', async (outcome) => {
    event(`recovery.${outcome}`, { service: 'redis', duration_ms: 11_800 });
    expect(await lines('recovery_outcomes_total')).toEqual([
      `recovery_outcomes_total{service="redis",outcome="${outcome}"} 1`,
    ]);
    expect(await lines('recovery_duration_seconds_sum')).toEqual([
      `recovery_duration_seconds_sum{service="redis",outcome="${outcome}"} 11.8`,
    ]);
  });

  test('an end without a duration is counted all the same', async () => {
    event('recovery.cancelled', { service: 'redis' });
    expect(await lines('recovery_outcomes_total{')).toHaveLength(1);
    expect(await lines('recovery_duration_seconds_count')).toEqual([]);
  });

  test('steps, approvals and takeovers', async () => {
    for (const kind of ['step.succeeded', 'step.failed', 'step.unknown', 'approval.refused', 'recovery.taken_over'])
      event(kind);
    expect(await lines('recovery_steps_total{')).toHaveLength(3);
    expect(await lines('approvals_total{')).toEqual(['approvals_total{outcome="refused"} 1']);
    expect(await lines('recovery_takeovers_total')).toEqual(['recovery_takeovers_total 1']);
  });

  test('kinds that are new to it change nothing', async () => {
    const before = await metrics.registry.metrics();
    for (const kind of ['recovery.sang', 'step.started', '']) event(kind);
    expect(await metrics.registry.metrics()).toBe(before);
  });
});

describe('the time to recovery', () => {
  test('has the work and the waiting apart, and the first attempts that helped are counted', async () => {
    event('recovery.succeeded', { service: 'redis', duration_ms: 90_000, active_ms: 12_000, attempts: 1 });
    event('recovery.succeeded', { service: 'redis', duration_ms: 20_000, active_ms: 20_000, attempts: 2 });
    event('recovery.failed', { service: 'redis', duration_ms: 1_000, active_ms: 1_000, attempts: 1 });
    expect(await lines('recovery_work_seconds_sum')).toEqual(['recovery_work_seconds_sum{service="redis"} 32']);
    expect(await lines('recovery_wait_seconds_sum')).toEqual(['recovery_wait_seconds_sum{service="redis"} 78']);
    expect(await lines('recovery_first_attempt_total')).toEqual(['recovery_first_attempt_total{service="redis"} 1']);
  });

  test('how long people took to decide', async () => {
    event('approval.decided', { verdict: 'approve', waited_ms: 42_000 });
    expect(await lines('approval_wait_seconds_sum')).toEqual(['approval_wait_seconds_sum{verdict="approve"} 42']);
  });
});

test('its version, and how long messages take, are there', async () => {
  metrics.sendTiming('slack').sent(250);
  metrics.sendTiming('slack').failed('rate_limited');
  expect(await lines('reviver_build_info')).toEqual([
    `reviver_build_info{version="1.2.3",node="${process.version}"} 1`,
  ]);
  expect(await lines('chat_send_seconds_sum')).toEqual(['chat_send_seconds_sum{platform="slack"} 0.25']);
  expect(await lines('chat_send_failures_total')).toEqual([
    'chat_send_failures_total{platform="slack",reason="rate_limited"} 1',
  ]);
});

describe('gauges follow the status', () => {
  test('availability, error budget, maintenance and flapping of each service', async () => {
    const status = await new MemoryEngine().status();
    const redis = status.services.redis;
    if (!redis) throw new Error('the engine has a redis');
    const spent = { downMs: 1, unknownMs: 0, maintenanceMs: 0 };
    status.services.redis = {
      ...redis,
      flapping: true,
      availability: { ...spent, percent: 99.9, target: 99.95, budget: { allowedMs: 1_000, left: -0.5 } },
    };
    metrics.gauges(status);
    expect(await lines('service_availability_percent{')).toEqual([
      'service_availability_percent{service="redis"} 99.9',
    ]);
    expect(await lines('service_error_budget_left{')).toEqual(['service_error_budget_left{service="redis"} -0.5']);
    expect(await lines('service_flapping{service="redis"')).toEqual(['service_flapping{service="redis"} 1']);
    expect(await lines('service_maintenance{service="redis"')).toEqual(['service_maintenance{service="redis"} 0']);
  });

  test('health, breakers and counts', async () => {
    const status = await new MemoryEngine().status();
    const redis = status.services.redis;
    if (!redis) throw new Error('the engine has a redis');
    status.services.redis = { ...redis, status: 'unhealthy' };
    status.services.web = { ...redis, status: 'unknown' };
    metrics.gauges({ ...status, activeRecoveries: 2, queuedRecoveries: 3, awaitingPeople: 1 }, { backlog: BACKLOG });
    const text = await metrics.registry.metrics();
    for (const line of [
      'recoveries_active 2',
      'recoveries_queued 3',
      'approvals_pending 1',
      'outbox_pending 7',
      'outbox_failing 2',
    ])
      expect(text).toContain(`\n${line}\n`);
    expect(await lines('service_health_status')).toEqual(['service_health_status{service="redis"} 0']);
    expect(await lines('circuit_breaker_state{')).toHaveLength(2);
    expect(await lines('active_connections{')).toHaveLength(2);
    expect(await lines('bot_db_pool_healthy')).toEqual(['bot_db_pool_healthy 1']);
  });

  test('workers by pool and version, with a zero for a pool that nobody serves', async () => {
    const status = await new MemoryEngine().status();
    const [worker] = status.workers;
    if (!worker) throw new Error('the engine has a worker');
    const workers = [worker, { ...worker, pools: ['default', 'gpu'], version: '0.2.0' }];
    metrics.gauges({ ...status, pools: ['default', 'gpu', 'db-hosts'], workers });
    expect((await lines('workers_alive{')).sort()).toEqual([
      'workers_alive{pool="db-hosts",version="none"} 0',
      'workers_alive{pool="default",version="0.2.0"} 1',
      `workers_alive{pool="default",version="${worker.version}"} 1`,
      'workers_alive{pool="gpu",version="0.2.0"} 1',
    ]);
  });

  test('a breaker has the numbers of the source document, and no error rate while nothing is called', async () => {
    const status = await new MemoryEngine().status();
    const breakers = {
      redis: aBreaker('redis', { state: 'open', errorRate: null }),
      web: aBreaker('web', { state: 'half_open', errorRate: 12.5, inFlight: 3 }),
    };
    metrics.gauges({ ...status, breakers });
    expect(await lines('circuit_breaker_state{')).toEqual([
      'circuit_breaker_state{service="redis"} 2',
      'circuit_breaker_state{service="web"} 1',
    ]);
    expect(await lines('error_rate')).toEqual(['error_rate{service="web"} 12.5']);
    expect(await lines('active_connections{service="web"')).toEqual(['active_connections{service="web"} 3']);
  });

  test('a service that is gone has no samples', async () => {
    const status = await new MemoryEngine().status();
    metrics.gauges(status);
    metrics.gauges({ ...status, services: {}, breakers: {} });
    expect(await lines('circuit_breaker_state{')).toEqual([]);
  });
});

describe('a scrape', () => {
  test('looks at the state of now', async () => {
    const { type, text } = await createScrape(metrics, () => new MemoryEngine().status())();
    expect(type).toContain('text/plain');
    expect(text).toContain('service_health_status{service="redis"} 1');
  });

  test('still gives the counters when the store does not answer, and says so', async () => {
    event('recovery.started', { service: 'redis' });
    const { text } = await createScrape(metrics, () => Promise.reject(new Error('down')))();
    expect(text).toContain('bot_db_pool_healthy 0');
    expect(text).toContain('recovery_attempts_total{service="redis",strategy="none"} 1');
  });
});

test('two processes in one have nothing in common', async () => {
  event('recovery.started', { service: 'redis' });
  expect(await createMetrics('1.2.3').registry.metrics()).not.toContain('recovery_attempts_total{');
});

test('answers to chat platforms are timed by platform, and late ones counted before they are given', async () => {
  const slack = metrics.chatTiming('slack');
  slack.answered(20);
  slack.late();
  expect(await lines('chat_ack_seconds_sum')).toEqual(['chat_ack_seconds_sum{platform="slack"} 0.02']);
  expect(await lines('chat_acks_late_total')).toEqual(['chat_acks_late_total{platform="slack"} 1']);
});

test('requests are timed by route', async () => {
  metrics.onRequest({ method: 'GET', route: '/status', status: 200, durationMs: 20 });
  expect(await lines('http_request_duration_seconds_sum')).toEqual([
    'http_request_duration_seconds_sum{method="GET",route="/status",status="200"} 0.02',
  ]);
});
