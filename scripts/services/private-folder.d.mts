export interface PrivateFolder {
  path: string;
  remove(): Promise<void>;
}

/** A new folder below the temporary one that private servers can reach, also when they run for root. */
export declare function createPrivateFolder(name: string): Promise<PrivateFolder>;
