// A default policy, and policies of single services. The names of Python's examples are accepted, too.
import { RecoveryOrchestrator, RecoveryPolicy, RecoveryValidationError } from 'reviver';

const policy = new RecoveryPolicy({
  maxRetryAttempts: 10,
  backoffMultiplier: 1.5,
  initialDelayMs: 500,
  maxDelayMs: 30_000,
});
const orchestrator = new RecoveryOrchestrator({ defaultPolicy: policy });

// Critical service: aggressive recovery
const criticalPolicy = new RecoveryPolicy({ maxRetryAttempts: 10, initialDelayMs: 100, backoffMultiplier: 1.5 });
await orchestrator.setRecoveryPolicy('auth_service', criticalPolicy);

// Background service: conservative recovery
const backgroundPolicy = new RecoveryPolicy({ max_retry_attempts: 3, initial_delay_ms: 5000, backoff_multiplier: 2.0 });
await orchestrator.setRecoveryPolicy('analytics_service', backgroundPolicy);

for (const service of ['auth_service', 'analytics_service', 'any_other']) {
  const { maxRetryAttempts, initialDelayMs } = await orchestrator.getRecoveryPolicy(service);
  console.log(`${service}: ${maxRetryAttempts} attempts, first delay ${initialDelayMs} ms`);
}

try {
  new RecoveryPolicy({ maxRetryAttempts: 0 });
} catch (error) {
  if (error instanceof RecoveryValidationError) console.log(error.message);
}
