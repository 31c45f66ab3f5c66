import { spawn } from 'node:child_process';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../../scripts/services/free-port.mjs';
import { createPrivateFolder } from '../../../scripts/services/private-folder.mjs';
import { eventually } from '../../support/index.js';
import type { InstallOptions } from '../../support/reviver.js';
import { type Gate, gateIn } from './installation.js';

export interface Patient {
  /** Of a Reviver that looks after it. */
  configuration: Pick<InstallOptions, 'services' | 'runbooks' | 'more'>;
  /** What the middle step of its plan waits for. */
  gate: Gate;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A Redis that can be killed, and the shop that needs it, with a plan that a second person must approve. */
export async function startPatient(): Promise<Patient> {
  const { path: folder, remove } = await createPrivateFolder('reviver-patient');
  const [port, web] = [await freePort(), await freePort()];
  const gate = gateIn(folder, 'gate');
  const command = ['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', '.'];
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd: folder, stdio: 'ignore' });
  const shop = spawn(process.execPath, [join(process.cwd(), 'scripts', 'demo', 'shop-web.mjs')], {
    env: { PORT: String(web), REDIS_PORT: String(port) },
    stdio: 'ignore',
  });
  await eventually(() => tell(port, 'PING'));
  return {
    gate,
    configuration: {
      services: `  - name: redis
    runtime: process
    process: { command: ${JSON.stringify(command)}, cwd: ${JSON.stringify(folder)} }
    health: [{ type: redis, url: "redis://127.0.0.1:${port}", interval: 300ms, timeout: 1s, failures: 2 }]
    criticality: critical
    priority: 1
    recovery_strategies: [restart, recreate]
  - name: shop-web
    runtime: process
    process: { command: ["true"], cwd: . }
    health: [{ type: http, url: "http://127.0.0.1:${web}/health", interval: 1s, timeout: 1s, failures: 500 }]
    depends_on: [redis]`,
      runbooks: { 'redis-outage.yaml': runbook(gate.path) },
      more: 'approvals: { rules: [{ when: "true", need: 1, role: approver }] }',
    },
    async kill() {
      child.kill('SIGKILL');
    },
    async stop() {
      await tell(port, 'SHUTDOWN NOSAVE');
      child.kill('SIGKILL');
      shop.kill('SIGKILL');
      await remove();
    },
  };
}

function runbook(gate: string): string {
  return `id: redis_outage
name: redis_outage
description: "Plan for Redis failure"
risk: 0.4
match: { services: [redis] }
params: { backup: { type: string, default: redis_backup } }
steps:
  - "stop_service: {{ service.name }}"
  - id: check
    name: "Look through the data files"
    action: run_command
    with: { command: [sh, -c, "while [ ! -e ${gate} ]; do sleep 0.05; done; echo 1,204 keys, all of them whole"] }
    timeout: 60s
  - "start_service: {{ service.name }}"
`;
}

/** Whether it answered. */
function tell(port: number, line: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port, timeout: 1_000 }, () => socket.write(`${line}\r\n`));
    socket.once('data', () => socket.destroy());
    socket.once('timeout', () => socket.destroy());
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(true));
  });
}
