import type { SpawnOptions } from 'node:child_process';

/** Starts a server that ends with this process, and waits until it is ready. */
export declare function startServer(spec: {
  name: string;
  command: string[];
  /** File that gets its output. */
  log: string;
  stopSignal: 'INT' | 'TERM';
  ready(pid: number): Promise<boolean>;
  options?: SpawnOptions;
}): Promise<{ pid: number; stop(): Promise<void> }>;
