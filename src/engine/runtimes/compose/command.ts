import { dirname } from 'node:path';
import { ActionError } from '../../actions/action.js';
import type { Exec } from '../../processes/exec.js';
import type { ComposePlace } from './containers.js';

export interface ComposeProgram {
  exec: Exec;
  dockerHost?: string | undefined;
}

interface Running {
  signal: AbortSignal;
  /** What is there now, for people. */
  now(): Promise<string>;
}

/** Runs Compose on its file. What it refuses is an `ActionError` with its last words and what is there now. */
export async function compose(
  { exec, dockerHost }: ComposeProgram,
  { file, project }: ComposePlace & { project?: string },
  args: string[],
  { signal, now }: Running,
): Promise<void> {
  // Variables in the file come from the `.env` beside it: the environment of a worker is not part of a service.
  const env: Record<string, string> = dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost };
  const options = { signal, env, cwd: dirname(file) };
  const program = await programOf((command) => exec(command, options));
  const where = ['-f', file, ...(project === undefined ? [] : ['-p', project])];
  const { exitCode, stdout, stderr } = await exec([...program, ...where, ...args], options);
  if (exitCode === 0) return;
  throw new ActionError(
    `Compose could not ${args[0]} (exit ${exitCode}): ${lastWords(stderr || stdout)}. There is now: ${await now()}.`,
    { code: 'compose_failed' },
  );
}

/** Version 2 is a part of the program docker, version 1 a program of its own. */
async function programOf(run: (command: string[]) => ReturnType<Exec>): Promise<string[]> {
  for (const program of [['docker', 'compose'], ['docker-compose']]) {
    const asked = await run([...program, 'version']).catch((error: unknown) => {
      if (error instanceof ActionError) return undefined;
      throw error;
    });
    if (asked?.exitCode === 0) return program;
  }
  throw new ActionError(
    'Neither "docker compose" nor "docker-compose" runs on this worker, so nothing was changed. Install one of them, or give the step a pool whose workers have it.',
    { code: 'no_compose', retryable: false },
  );
}

const MOST_LINES = 3;

function lastWords(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return (
    lines
      .filter((line) => line !== '')
      .slice(-MOST_LINES)
      .join('; ') || 'it said nothing'
  );
}
