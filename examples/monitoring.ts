// Status, history and log lines of an orchestrator.
import { RecoveryOrchestrator, RecoveryPolicy } from 'reviver';

const orchestrator = new RecoveryOrchestrator({ log: (_level, message) => console.log(message) });
await orchestrator.start();

const never = new RecoveryPolicy({ maxRetryAttempts: 1, healthCheckFn: () => false });
await orchestrator.scheduleRecovery('policy_service', { priority: 1 });
await orchestrator.executeRecovery('policy_service');
await orchestrator.scheduleRecovery('broken_service', { policy: never });
await orchestrator.executeRecovery('broken_service');

const status = await orchestrator.getRecoveryStatus();
console.log(`Orchestrator Running: ${status.orchestrator_running}`);
console.log(`Active Recoveries: ${status.active_recoveries}`);
console.log(`Queued Recoveries: ${status.queued_recoveries}`);
for (const [service, info] of Object.entries(status.services))
  console.log(`${service}: ${info.state} (attempt ${info.attempt_count}/${info.max_attempts})`);

// Last 10 recoveries
for (const result of status.recent_history)
  console.log(`${result.service_name}: ${result.state} in ${result.elapsed_time_ms}ms`);

const failedRecoveries = status.recent_history.filter(({ state }) => state === 'failed');
if (failedRecoveries.length > 0) console.log(`Alert: ${failedRecoveries.length} failed`);

await orchestrator.stop();
