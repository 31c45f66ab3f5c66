// A health check decides whether an attempt helped. Here the service answers from the third question on.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RecoveryOrchestrator, RecoveryPolicy, RecoveryStrategy } from 'reviver';

let asked = 0;
const api = createServer((_, response) => response.writeHead(++asked < 3 ? 503 : 200).end()).listen(0, '127.0.0.1');
await new Promise((resolve) => api.once('listening', resolve));
const { port } = api.address() as AddressInfo;

async function checkApiHealth(signal: AbortSignal): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/health`, { signal });
  return response.status === 200;
}

const orchestrator = new RecoveryOrchestrator();
await orchestrator.start();

const policy = new RecoveryPolicy({ maxRetryAttempts: 5, initialDelayMs: 100, healthCheckFn: checkApiHealth });
await orchestrator.scheduleRecovery('api_service', {
  strategy: RecoveryStrategy.EXPONENTIAL_BACKOFF,
  priority: 1,
  policy,
});

const { state, attempt_number, total_attempts } = await orchestrator.executeRecovery('api_service');
console.log(`api_service: ${state} (attempt ${attempt_number}/${total_attempts})`);

await orchestrator.stop();
api.close();
