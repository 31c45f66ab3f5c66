// Every operation is validated against the constitutional hash; a wrong one refuses, and nothing is done.
import { CONSTITUTIONAL_HASH, RecoveryConstitutionalError, RecoveryOrchestrator } from 'reviver';

const orchestrator = new RecoveryOrchestrator({ constitutionalHash: CONSTITUTIONAL_HASH });
await orchestrator.start();
await orchestrator.scheduleRecovery('service', { priority: 1 }); // Validated
await orchestrator.executeRecovery('service');

orchestrator.constitutionalHash = 'invalid';
try {
  await orchestrator.scheduleRecovery('service', { priority: 1 });
} catch (error) {
  if (error instanceof RecoveryConstitutionalError) console.log(error.message);
}

await orchestrator.stop();
