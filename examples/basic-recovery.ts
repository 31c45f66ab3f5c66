// Basic recovery: schedule it, let it run, look at the status.
import { RecoveryOrchestrator, RecoveryStrategy } from 'reviver';

const orchestrator = new RecoveryOrchestrator();
await orchestrator.start();

await orchestrator.scheduleRecovery('policy_service', {
  strategy: RecoveryStrategy.EXPONENTIAL_BACKOFF,
  priority: 1, // Higher priority (lower number)
});

// Wait for recovery
const result = await orchestrator.executeRecovery('policy_service');
console.log(`${result.service_name}: ${result.state} after ${result.attempt_number} attempt(s)`);

const status = await orchestrator.getRecoveryStatus();
console.log(`Active recoveries: ${status.active_recoveries}`);

await orchestrator.stop();
