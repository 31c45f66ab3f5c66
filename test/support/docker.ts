import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import Docker from 'dockerode';
import { type PrivateDocker, startDocker } from '../../scripts/services/docker.mjs';
import { dockerMissing } from '../../scripts/setup/docker.mjs';

export interface TestDocker {
  /** False where this machine cannot have one: then only tests of `describeDocker` are left out. */
  readonly there: boolean;
  readonly host: string;
  readonly engine: Docker;
  readonly pid: number;
  /** SIGKILL of the engine: its containers run on without it. */
  kill(): Promise<void>;
  /** After `kill`, at the same place. */
  start(): Promise<void>;
}

const missing = dockerMissing();
if (missing && process.env.REVIVER_REQUIRE_DOCKER === '1') throw new Error(missing);

/** `describe` for tests that need Docker; where there can be none they are left out, and one line says why. */
export const describeDocker = missing ? describe.skip : describe;

/** A Docker engine of its own for the test file that calls it, at its top; it ends with the file. */
export function withDocker(): TestDocker {
  if (missing) process.stderr.write(`Left out: ${missing}\n`);
  let docker: PrivateDocker | undefined;
  let engine: Docker | undefined;
  const there = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('Docker is there only inside tests and hooks');
    return thing;
  };
  beforeAll(async () => {
    if (missing) return;
    docker = await startDocker({ dir: await mkdtemp(join(tmpdir(), 'dk-')) });
    engine = new Docker({ socketPath: new URL(docker.host).pathname });
  }, 60_000);
  afterAll(async () => {
    for (const { Id } of (await engine?.listContainers({ all: true })) ?? [])
      await engine?.getContainer(Id).remove({ force: true, v: true });
    await docker?.stop();
  }, 60_000);
  return {
    there: missing === undefined,
    get host() {
      return there(docker).host;
    },
    get engine() {
      return there(engine);
    },
    get pid() {
      return there(docker).pid;
    },
    kill: () => there(docker).kill(),
    start: () => there(docker).start(),
  };
}
