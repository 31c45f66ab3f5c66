/** What the export of configuration and secrets consists of is known outside of the engine. */
export interface ConfigurationSource {
  /** Puts all of it into an empty folder that nobody else may enter; resolves to the number of files. */
  gather(folder: string, signal: AbortSignal): Promise<number>;
  /** Reads what `gather` put there as a start would. One line for people; throws what is wrong with it. */
  check(folder: string): Promise<string>;
}
