import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Starts a peer's worker process; resolves when it is ready. `onMessage` gets what it tells.
 * `readyMs`: from the spawn until it can take plans.
 */
export async function startWorkerProcess(peer, onMessage, nodeArguments = []) {
  const file = fileURLToPath(new URL(`../peers/${peer}/worker.mjs`, import.meta.url));
  const began = performance.now();
  const child = fork(file, {
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    execArgv: [...nodeArguments, ...(process.env.BENCH_WORKER_FLAGS?.split(' ') ?? [])],
  });
  const waiting = {};
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  const next = (kind) =>
    Promise.race([
      new Promise((resolve) => (waiting[kind] = resolve)),
      exited.then((how) => Promise.reject(new Error(`the worker process of ${peer} ended with ${how}`))),
    ]);
  const ready = next('ready');
  child.on('message', (message) => {
    if (message.ready) return waiting.ready();
    if (message.usage) return waiting.usage(message.usage);
    onMessage(message, child.pid);
  });
  await ready;
  return {
    pid: child.pid,
    readyMs: performance.now() - began,
    send: (message) => child.send(message),
    /** `{cpuMs, peakKb}` since its start. */
    async usage() {
      const told = next('usage');
      child.send({ usage: true });
      const { cpuMs, peakKb } = await told;
      return { cpuMs, peakKb: highWaterKb(child.pid) ?? peakKb };
    },
    async stop() {
      if (child.connected) child.send({ stop: true });
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited.finally(() => clearTimeout(late));
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Where there is a /proc: what getrusage says there may be the parent's. */
function highWaterKb(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) || undefined;
  } catch {
    return undefined;
  }
}
