import type { DockerEngine } from './engine.js';

const HEADER_BYTES = 8;

/** The last lines that a container printed. Without a terminal Docker frames them: stream, length, text. */
export async function lastLogLines(engine: DockerEngine, name: string, lines: number): Promise<string[]> {
  const raw = await engine.ask(
    `read the log of ${name}`,
    (docker) => docker.getContainer(name).logs({ stdout: true, stderr: true, tail: lines, follow: false }),
    { reads: true },
  );
  const tty = await engine.ask(`look at ${name}`, (docker) => docker.getContainer(name).inspect(), { reads: true });
  const text = tty.Config.Tty ? raw.toString('utf8') : unframed(raw);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-lines);
}

export function unframed(raw: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + HEADER_BYTES <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length));
    at += HEADER_BYTES + length;
  }
  return Buffer.concat(parts).toString('utf8');
}
