export function findAge(): Promise<void>;
export function ageMissing(): string | undefined;
