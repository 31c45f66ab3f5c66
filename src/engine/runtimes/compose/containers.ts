import { resolve } from 'node:path';
import { ActionError } from '../../actions/action.js';
import { type Inspected, inspect } from '../docker/container.js';
import type { DockerEngine } from '../docker/engine.js';

export interface ComposePlace {
  /** Absolute. */
  file: string;
  service: string;
}

export interface ComposeContainers {
  /** Undefined when nothing of the file's service is there: Compose itself then knows its name. */
  project: string | undefined;
  containers: Inspected[];
}

/** Compose's own labels, the same in its versions 1 and 2. */
const LABEL = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  files: 'com.docker.compose.project.config_files',
  folder: 'com.docker.compose.project.working_dir',
  oneOff: 'com.docker.compose.oneoff',
} as const;

/** The containers of a service, also stopped ones. Two projects of one file would be a guess, which is refused. */
export async function containersOf(
  docker: DockerEngine,
  { file, service }: ComposePlace,
  signal?: AbortSignal,
): Promise<ComposeContainers> {
  const listed = await docker.ask(
    `list the containers of ${service}`,
    (engine) =>
      engine.listContainers({
        all: true,
        filters: { label: [`${LABEL.service}=${service}`] },
        ...(signal ? { abortSignal: signal } : {}),
      }),
    { reads: true },
  );
  const ours = listed.filter(({ Labels }) => Labels[LABEL.oneOff] !== 'True' && isOfFile(Labels, file));
  const projects = [...new Set(ours.map(({ Labels }) => Labels[LABEL.project] ?? ''))];
  if (projects.length > 1)
    throw new ActionError(
      `${service} of ${file} runs in ${projects.length} projects: ${projects.sort().join(', ')}. Which one is meant cannot be known; nothing was changed.`,
      { code: 'ambiguous', retryable: false },
    );
  const inspected = await Promise.all(ours.map(({ Id }) => inspect(docker, Id, signal)));
  return { project: projects[0], containers: inspected.filter((one) => one !== undefined) };
}

/** As given on Compose's command line, relative to the project's folder, separated by commas. */
function isOfFile(labels: Readonly<Record<string, string>>, file: string): boolean {
  const folder = labels[LABEL.folder] ?? '/';
  return (labels[LABEL.files] ?? '').split(',').some((each) => resolve(folder, each) === file);
}
