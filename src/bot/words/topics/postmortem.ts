/** What stands around a postmortem; its own sentences are the engine's. */
export interface PostmortemWords {
  readonly title: (recovery: string, service: string, state: string) => string;
  readonly figures: (rtoMs: number | undefined, rpoMs: number | undefined) => string;
  readonly change: (lesson: string) => string;
  readonly nothing: string;
  /** Where the whole of it is. */
  readonly whole: (recovery: string) => string;
}
