import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Service } from '../../../../src/engine/model/service.js';
import { createExec, type Exec } from '../../../../src/engine/processes/exec.js';
import type { Guardian } from '../../../../src/engine/processes/guardian.js';
import type { Runtime } from '../../../../src/engine/runtimes/runtime.js';
import { createRuntimes } from '../../../../src/engine/runtimes/runtimes.js';
import { aService } from '../../../support/builders.js';
import type { TestDocker } from '../../../support/docker.js';

export interface Services {
  names: string[];
  /** As a step of a recovery has it; `runKey` marks its programs. */
  runtime(name: string, runKey: string, signal: AbortSignal): Runtime;
  folder: string;
}

/** Programs of this machine, none of which runs yet. */
export async function processServices(count: number, program: string, guardian: Guardian): Promise<Services> {
  const folder = await mkdtemp(join(tmpdir(), 'many-'));
  const of = (name: string): Service =>
    aService(name, { process: { command: ['sh', '-c', program], cwd: folder, env: {} } });
  return servicesOf(count, of, { dataDir: folder }, guardian, folder);
}

/** Containers that run, each of a Compose file of its own. `as` is the runtime by which Reviver knows them. */
export async function containerServices(
  count: number,
  program: string,
  as: 'docker' | 'compose',
  docker: TestDocker,
  guardian: Guardian,
): Promise<Services> {
  const folder = await mkdtemp(join(tmpdir(), 'many-'));
  const file = (name: string): string => join(folder, name, 'docker-compose.yml');
  const container = (name: string): string => `${basename(folder)}-${name}`;
  const content = { image: 'reviver-test', network_mode: 'none', command: ['sh', '-c', program] };
  const make = async (name: string): Promise<void> => {
    await mkdir(join(folder, name));
    await writeFile(file(name), JSON.stringify({ version: '3', services: { app: content } }));
    const made = await docker.engine.createContainer({
      name: container(name),
      Image: 'reviver-test',
      Cmd: content.command,
      HostConfig: { NetworkMode: 'none' },
      // As Compose would have made it.
      Labels: {
        'com.docker.compose.project': `${basename(folder)}-${name}`.toLowerCase(),
        'com.docker.compose.service': 'app',
        'com.docker.compose.oneoff': 'False',
        'com.docker.compose.container-number': '1',
        'com.docker.compose.project.config_files': 'docker-compose.yml',
        'com.docker.compose.project.working_dir': join(folder, name),
      },
    });
    await made.start();
  };
  const names = namesOf(count);
  for (let first = 0; first < count; first += 10) await Promise.all(names.slice(first, first + 10).map(make));
  const of = (name: string): Service =>
    as === 'docker'
      ? aService(name, { runtime: 'docker', containerName: container(name) })
      : aService(name, { runtime: 'compose', compose: { file: file(name), service: 'app' } });
  return servicesOf(count, of, { dataDir: folder, dockerHost: docker.host }, guardian, folder);
}

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, n) => `c${n}`);

function servicesOf(
  count: number,
  of: (name: string) => Service,
  where: { dataDir: string; dockerHost?: string },
  guardian: Guardian,
  folder: string,
): Services {
  const names = namesOf(count);
  const services = names.map(of);
  const runtimes = createRuntimes(() => services, where);
  const execFor = (runKey: string, signal: AbortSignal): Exec => createExec(guardian)({ runKey, signal });
  return { names, folder, runtime: (name, runKey, signal) => runtimes(name, execFor(runKey, signal)) };
}
