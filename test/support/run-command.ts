import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** Runs `reviver` of the build as a person would, and says how it ended. */
export function runCommand(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const main = join(process.cwd(), 'dist', 'src', 'main.js');
  return new Promise((resolve) =>
    execFile(process.execPath, [main, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    ),
  );
}
