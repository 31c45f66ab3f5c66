export interface PrivateDocker {
  /** `unix://...`, as DOCKER_HOST wants it. */
  host: string;
  pid: number;
  dir: string;
  stop(): Promise<void>;
}
export function startDocker(options: { dir: string }): Promise<PrivateDocker>;
