import { createApi } from '../api/api.js';
import { createMetricsServer } from '../api/metrics-server.js';
import { createBot } from '../bot/bot.js';
import { createConsole } from '../bot/console/console.js';
import { consoleRoutes, consoleSocket } from '../bot/console/routes.js';
import type { Card } from '../bot/port.js';
import type { EnginePorts } from '../engine/create-engine.js';
import type { Engine } from '../engine/engine.js';
import type { Tracing } from '../engine/tracing/tracing.js';
import type { Signals } from '../jobs/signals.js';
import { createAuditMetrics } from '../metrics/audit-metrics.js';
import { createEventLoopLag } from '../metrics/event-loop.js';
import { createHousekeepingMetrics } from '../metrics/housekeeping-metrics.js';
import { createMetrics } from '../metrics/metrics.js';
import { createScrape } from '../metrics/scrape.js';
import { createAnswerStore } from '../store/answer-store.js';
import { newestEntries } from '../store/audit/entries.js';
import { auditFacts } from '../store/audit/facts.js';
import { readBacklog } from '../store/backlog.js';
import { createChatStore } from '../store/chat-store.js';
import { createConsoleStore } from '../store/console-store.js';
import { housekeepingFacts } from '../store/housekeeping-facts.js';
import { createOutboxStore } from '../store/outbox-store.js';
import { acceptsWrites, type Pool } from '../store/pool.js';
import { callOf } from './call-for-help.js';
import { openChatPlatforms } from './chat-platforms.js';
import type { Closing } from './closing.js';
import { effectSends } from './effects.js';
import { createEventFeed } from './event-feed.js';
import { createHealthReport } from './health-report.js';
import type { NodeOptions } from './node-options.js';
import { timedPlatform } from './timed-platform.js';

export interface PeopleRoleParts {
  engine: Engine;
  ports: EnginePorts;
  signals: Signals;
  closing: Closing;
  pool: Pool;
  tracing: Tracing | undefined;
}

/** Chat and HTTP: everything by which people and programs reach the engine. */
export async function startPeopleRole(
  options: NodeOptions,
  parts: PeopleRoleParts,
): Promise<{ port: number | undefined }> {
  const { engine, ports, signals, closing, pool } = parts;
  const { log } = options;
  const chatStore = createChatStore(pool);
  const incidents = options.channels.incidents;
  const elsewhere = Object.values(options.channels).flatMap((channel) => channel.console ?? []);
  const channels = [...new Set([incidents.console ?? 'incidents', ...elsewhere])];
  const console = createConsole({ engine, store: createConsoleStore<Card>(pool), channels, log });
  const outbox = createOutboxStore(pool);
  const chat = await openChatPlatforms(options, { store: chatStore, pool, closing });
  const metrics = createMetrics(options.version);
  createHousekeepingMetrics(metrics.registry, () => housekeepingFacts(pool));
  createAuditMetrics(metrics.registry, () => auditFacts(pool));
  const bot = createBot({
    engine,
    platforms: [console.platform, ...chat.platforms].map((platform) =>
      timedPlatform(platform, metrics.sendTiming(platform.name)),
    ),
    store: chatStore,
    outbox,
    channels: options.channels,
    groups: options.groups,
    language: (platform, channel) =>
      options.languages.find((each) => each.platform === platform && each.channel === channel)?.language ?? 'en',
    log,
    now: ports.now,
    sends: effectSends(engine, ports),
    callOf: (escalation) => callOf(escalation, engine),
    timing: metrics.chatTiming,
    onAlertPost: metrics.onAlertPost,
  });
  await bot.start();
  closing.add('chat', () => bot.stop());
  signals.onChanged((id) => {
    bot.changed(id);
    bot.effectsWritten();
  });
  signals.onBreaker(() => bot.effectsWritten());
  if (!options.roles.includes('api')) return { port: undefined };

  const lag = createEventLoopLag();
  closing.add('event loop lag', async () => lag.close());
  const scrape = createScrape(
    metrics,
    () => engine.status(),
    async () => ({ backlog: await readBacklog(pool), eventLoopLagS: lag.read() }),
  );
  const subscribe = createEventFeed(ports.store, signals);
  const following = new AbortController();
  const counting = subscribe(undefined, metrics.onEvent, following.signal).catch(() => undefined);
  const api = createApi({
    engine,
    tokens: options.tokens,
    health: createHealthReport(
      engine,
      chat.platforms,
      () => acceptsWrites(pool),
      async () => [...new Set((await engine.escalations()).flatMap(({ failing }) => failing))],
    ),
    version: options.version,
    constitutionalHash: options.constitution.hash,
    scrape,
    subscribe,
    audit: (before, limit) => newestEntries(pool, before, limit),
    answers: createAnswerStore(pool),
    log,
    onRequest: metrics.onRequest,
    onSockets: metrics.onSockets,
    onCutOff: metrics.onCutOff,
    origins: options.origins ?? [],
    ...(parts.tracing === undefined ? {} : { continuing: parts.tracing.continuing }),
    alerts: {
      secrets: options.alerts.secrets,
      generic: options.alerts.generic,
      onTaken: metrics.onAlerts,
      onRefused: metrics.onAlertsRefused,
    },
    mounts: chat.mounts,
    routes: consoleRoutes(console.doors),
    sockets: [consoleSocket(console.doors)],
  });
  const port = await api.listen(options.port, options.host);
  closing.add('api', () => api.close());
  const metricsServer = createMetricsServer(scrape);
  await metricsServer.listen(options.metricsPort, options.host);
  closing.add('metrics', async () => {
    following.abort();
    await counting;
    await metricsServer.close();
  });
  log('info', 'Reviver listens', { port, roles: options.roles.join(',') });
  return { port };
}
