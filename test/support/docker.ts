import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import Docker from 'dockerode';
import { type PrivateDocker, startDocker } from '../../scripts/services/docker.mjs';

export interface TestDocker {
  readonly host: string;
  readonly engine: Docker;
  readonly pid: number;
}

/** A Docker engine of its own for the test file that calls it, at its top; it ends with the file. */
export function withDocker(): TestDocker {
  let docker: PrivateDocker | undefined;
  let engine: Docker | undefined;
  const there = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('Docker is there only inside tests and hooks');
    return thing;
  };
  beforeAll(async () => {
    docker = await startDocker({ dir: await mkdtemp(join(tmpdir(), 'dk-')) });
    engine = new Docker({ socketPath: new URL(docker.host).pathname });
  }, 60_000);
  afterAll(async () => {
    for (const { Id } of (await engine?.listContainers({ all: true })) ?? [])
      await engine?.getContainer(Id).remove({ force: true, v: true });
    await docker?.stop();
  }, 60_000);
  return {
    get host() {
      return there(docker).host;
    },
    get engine() {
      return there(engine);
    },
    get pid() {
      return there(docker).pid;
    },
  };
}
