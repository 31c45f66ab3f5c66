// The four strategies. Each service is well at the second attempt; the manual one waits for its operator.
import { RecoveryOrchestrator, RecoveryPolicy, RecoveryStrategy } from 'reviver';

const { EXPONENTIAL_BACKOFF, LINEAR_BACKOFF, IMMEDIATE, MANUAL } = RecoveryStrategy;
const orchestrator = new RecoveryOrchestrator();
await orchestrator.start();

for (const strategy of [EXPONENTIAL_BACKOFF, LINEAR_BACKOFF, IMMEDIATE]) {
  let asked = 0;
  const policy = new RecoveryPolicy({ initialDelayMs: 50, healthCheckFn: () => ++asked === 2 });
  await orchestrator.scheduleRecovery('service', { strategy, policy });
  const { state, attempt_number } = await orchestrator.executeRecovery('service');
  console.log(`${strategy}: ${state} at attempt ${attempt_number}`);
}

await orchestrator.scheduleRecovery('service', { strategy: MANUAL });
console.log(`${MANUAL}: ${(await orchestrator.getRecoveryStatus()).services.service?.state}`);
const { state } = await orchestrator.executeRecovery('service'); // The operator's action
console.log(`${MANUAL}: ${state}`);

await orchestrator.stop();
