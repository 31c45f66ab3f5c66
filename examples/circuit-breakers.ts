// An open circuit schedules a recovery; its health check is the call that the half-open circuit lets through.
import {
  CircuitBreaker,
  CircuitBreakerConfig,
  CircuitBreakerRegistry,
  circuitBreakerHealthCheck,
  RecoveryOrchestrator,
  RecoveryPolicy,
  RecoveryStrategy,
} from 'reviver';

let isUp = false;
const callService = async (path: string): Promise<string> => {
  if (!isUp) throw new Error('connection refused');
  return `${path}: ok`;
};

// The circuit opens due to failures
const circuitRegistry = new CircuitBreakerRegistry();
const breaker = new CircuitBreaker('my_service', new CircuitBreakerConfig({ failureThreshold: 5 }), circuitRegistry);
for (let n = 0; n < 5; n += 1) await breaker.call(callService, '/orders').catch(() => undefined);

const orchestrator = new RecoveryOrchestrator({
  circuitBreakers: circuitRegistry,
  recover: () => {
    isUp = true;
  },
});
await orchestrator.start();

// Detect open circuits
for (const [service, { state }] of Object.entries(await circuitRegistry.getAllStates())) {
  console.log(`${service}: ${state}`);
  if (state !== 'open') continue;
  // Schedule automatic recovery
  await orchestrator.scheduleRecovery(service, {
    strategy: RecoveryStrategy.EXPONENTIAL_BACKOFF,
    priority: 1,
    policy: new RecoveryPolicy({ healthCheckFn: async () => (await callService('/health')).endsWith('ok') }),
  });
  await orchestrator.executeRecovery(service);
}

console.log(`my_service: ${(await breaker.getState()).state}`);
console.log(`healthy: ${(await circuitBreakerHealthCheck(circuitRegistry)).healthy}`);
console.log(await breaker.call(callService, '/orders'));

await orchestrator.stop();
