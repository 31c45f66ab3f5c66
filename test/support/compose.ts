import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';
import { describeDocker } from './docker.js';

const PROGRAMS: [string, string[]][] = [
  ['docker', ['compose', 'version']],
  ['docker-compose', ['version']],
];
const there = PROGRAMS.some(([program, args]) => spawnSync(program, args, { stdio: 'ignore' }).status === 0);
if (!there)
  process.stderr.write(
    'Left out: tests with Compose need "docker compose" or docker-compose (Debian: docker-compose).\n',
  );

/** `describe` for tests that need Compose and a Docker engine; where they are missing one line says so. */
export const describeCompose = there ? describeDocker : describe.skip;
