export interface PrivateDocker {
  /** `unix://...`, as DOCKER_HOST wants it. */
  host: string;
  readonly pid: number;
  dir: string;
  /** SIGKILL: its containers run on without it. */
  kill(): Promise<void>;
  /** After `kill`, at the same place. */
  start(): Promise<void>;
  stop(): Promise<void>;
}
export function startDocker(options: { dir: string }): Promise<PrivateDocker>;
