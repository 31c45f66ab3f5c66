export interface ProcessRow {
  pid: number;
  ppid: number;
  pgid: number;
  /** Program and arguments, separated by spaces. */
  command: string;
  /** Empty where it may not be seen. */
  cwd: string;
  /** `NAME=value`, separated by spaces; empty where it may not be seen. */
  environment: string;
}

/** All processes of this machine that are alive; zombies are not. */
export declare function processTable(): Promise<ProcessRow[]>;

/** Processes that mention the marker (a path, as a rule) in their arguments, environment or working folder. */
export declare function processesMarked(marker: string): Promise<ProcessRow[]>;
