/** A property of the parser or of a renderer that has ended. */
export interface FuzzedProperty {
  file: string;
  name: string;
  /** Inputs that it was tried with. */
  runs: number;
  ms: number;
  failed: boolean;
}

export declare function reportLines(properties: readonly FuzzedProperty[], tookMs: number): string[];
