import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPrivateFolder } from '../../../scripts/services/private-folder.mjs';
import { AutoRecoverySystem, RecoveryStrategy, RecoveryValidationError } from '../../../src/index.js';
import { withDatabase } from '../../support/index.js';
import { required } from '../../support/required.js';

const database = withDatabase();
const executed: string[] = [];
let folder: { path: string; remove(): Promise<void> };
let autoRecovery: AutoRecoverySystem;

class CustomRecoveryStrategy {
  async execute(serviceName: string, serviceConfig: { runtime: string }) {
    executed.push(`${serviceName} (${serviceConfig.runtime})`);
    return serviceName === 'service_name';
  }
}

// Hooks of a group end before those of the file, with which its database goes.
describe('AutoRecoverySystem, by the examples of its document', () => {
  beforeAll(async () => {
    folder = await createPrivateFolder('reviver-auto');
    await mkdir(join(folder.path, 'runbooks'));
    const configPath = join(folder.path, 'auto_recovery.yaml');
    await writeFile(
      configPath,
      `constitution: { hash: cdd01ef066bc6cf2, file: ${join(process.cwd(), 'config', 'constitution.yaml')} }
discovery: { docker: false }
services:
  - { name: service_name, runtime: process, process: { command: [sleep, "600"], cwd: "." } }
  - { name: other, runtime: process, process: { command: [sleep, "600"], cwd: "." } }
templates:
  - { id: stop_all, match: { alerts: [TestsAreOver] }, steps: ["stop_service: service_name"] }
`,
    );
    autoRecovery = new AutoRecoverySystem({
      configPath,
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: database.url,
        REDIS_URL: required('REDIS_URL'),
        REVIVER_RUNBOOKS: join(folder.path, 'runbooks'),
        REVIVER_KNOWLEDGE: 'knowledge',
        REVIVER_DATA: join(folder.path, 'data'),
        METRICS_PORT: '0',
        LOG_LEVEL: 'error',
      },
    });
    autoRecovery.registerStrategy('custom', new CustomRecoveryStrategy());
    await autoRecovery.startMonitoring();
  }, 60_000);

  afterAll(async () => {
    await autoRecovery?.stop();
    await folder?.remove();
  }, 60_000);

  test('forceRecovery with a strategy of the document carries it out on the real service', async () => {
    const { success, logs } = await autoRecovery.forceRecovery('service_name', RecoveryStrategy.RESTART);
    expect({ success, logs }).toEqual({
      success: true,
      logs: [expect.stringMatching(/^Executed: Restart service_name/)],
    });
    const { services } = await autoRecovery.getStatus();
    expect(services.service_name?.recovery).toBe('IDLE');
    // What was started must not outlive the test.
    const pid = await pidOf('service_name');
    process.kill(pid, 'SIGKILL');
  }, 30_000);

  test('a custom strategy is called with the service and its configuration, and says itself whether it helped', async () => {
    expect((await autoRecovery.forceRecovery('service_name', 'custom')).success).toBe(true);
    const { success, logs } = await autoRecovery.forceRecovery('other', 'custom');
    expect(success).toBe(false);
    expect(logs).toEqual(['Failed: custom other: the strategy custom says that it did not recover other']);
    expect(executed).toEqual(['service_name (process)', 'other (process)']);
  }, 30_000);

  test('a name that is taken, and one that comes too late, are refused', () => {
    const fresh = new AutoRecoverySystem();
    expect(() => fresh.registerStrategy('restart', new CustomRecoveryStrategy())).toThrow(RecoveryValidationError);
    expect(() => autoRecovery.registerStrategy('late', new CustomRecoveryStrategy())).toThrow(
      /before monitoring starts/,
    );
  });

  test('a configuration that is not there is named', async () => {
    const system = new AutoRecoverySystem({
      configPath: '/nowhere/auto_recovery.yaml',
      env: { DATABASE_URL: database.url },
    });
    await expect(system.startMonitoring()).rejects.toThrow('/nowhere/auto_recovery.yaml');
  });
});

async function pidOf(service: string): Promise<number> {
  const { readdir, readFile } = await import('node:fs/promises');
  const dir = join(folder.path, 'data', 'processes');
  const [file = ''] = (await readdir(dir)).filter((name) => name.startsWith(service) && name.endsWith('.pid'));
  return Number.parseInt(await readFile(join(dir, file), 'utf8'), 10);
}
