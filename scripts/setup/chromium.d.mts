/** The path of Chromium as `CHROMIUM`; nothing where it is allowed to be missing. */
export declare function findChromium(say?: (line: string) => void): Promise<Record<string, string>>;
