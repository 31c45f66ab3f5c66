// Several services with priorities: a lower number is recovered first.
import { setTimeout as sleep } from 'node:timers/promises';
import { RecoveryOrchestrator, RecoveryStrategy } from 'reviver';

const orchestrator = new RecoveryOrchestrator({
  maxConcurrentRecoveries: 1,
  recover: (service) => console.log(`recovering ${service}`),
});

const services: [name: string, priority: number][] = [
  ['metrics', 10], // Lowest priority
  ['cache', 4],
  ['database', 3],
  ['api_gateway', 2],
  ['auth_service', 1], // Highest priority
];
for (const [service, priority] of services)
  await orchestrator.scheduleRecovery(service, { strategy: RecoveryStrategy.EXPONENTIAL_BACKOFF, priority });

await orchestrator.start();

// Monitor status
while ((await orchestrator.getRecoveryStatus()).active_recoveries > 0) await sleep(50);

await orchestrator.stop();
