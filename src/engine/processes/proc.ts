import { readdir, readFile } from 'node:fs/promises';

/** One line of the process table. */
export interface ProcessStat {
  pid: number;
  /** A dead process that nobody has reaped yet: it does nothing and holds nothing. */
  zombie: boolean;
  group: number;
  /** Start of the process in clock ticks since boot. */
  startTicks: string;
}

/** True where the process table can be read as files (Linux). */
export const HAS_PROC = process.platform === 'linux';

/** The process as the kernel shows it; undefined when there is none (or no /proc). */
export async function readStat(pid: number): Promise<ProcessStat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  if (text === undefined) return undefined;
  // The program's name stands in parentheses and may itself contain some: what follows the last one is numbers.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { pid, zombie: /[ZX]/.test(fields[0] ?? ''), group: Number(fields[2]), startTicks: fields[19] ?? '' };
}

/** Whether a process has a handler of its own for a signal; true where that cannot be seen. */
export async function catches(pid: number, signal: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined);
  const [, mask] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(text ?? '') ?? [];
  return mask === undefined || ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

/** Variables of a process that this user may look into, as `NAME=value`; undefined when it is gone or not ours to see. */
export async function readEnvironment(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => undefined);
  return text?.split('\0');
}

/** Every process id of this pid namespace. */
export async function listPids(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}
