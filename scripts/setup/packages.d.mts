/** Whether the packages of a folder are those of its package-lock.json. */
export declare function areInstalled(folder: string): boolean;
/** Installs them when they are not; `what` is for the progress line. */
export declare function installPackages(folder: string, what?: string): Promise<void>;
