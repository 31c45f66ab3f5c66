/** Something that a person did, under an id that makes a repeat harmless. */
export interface Act {
  id: string;
  channel: string;
  thread: string | null;
  /** What it answers to: where its private replies go. */
  after: string | null;
  /** The pressed message, where one was. */
  message?: string;
  command: string;
}
