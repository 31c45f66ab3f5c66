// Reviver's monitoring and recovery within a program. Needs DATABASE_URL, REDIS_URL and a configuration:
// node auto-recovery.js config/auto_recovery.yaml postgres
import { AutoRecoverySystem, RecoveryStrategy } from 'reviver';

const [, , configPath, serviceName = 'service_name'] = process.argv;

// Initialize auto-recovery system
const autoRecovery = new AutoRecoverySystem({ configPath });

// Register custom strategy
autoRecovery.registerStrategy('custom', {
  async execute(service, { runtime }) {
    console.log(`custom recovery of ${service} (${runtime})`);
    return true; // It helped
  },
});

// Start monitoring
await autoRecovery.startMonitoring();

// Force recovery if needed
for (const strategy of ['custom', RecoveryStrategy.RESTART]) {
  const { success } = await autoRecovery.forceRecovery(serviceName, strategy);
  console.log(`${strategy}: ${success}`);
}

await autoRecovery.stop();
