import { join } from 'node:path';

const PROJECTS = ['unit', 'integration', 'process', 'browser'];
/** Needs a cluster, so that it runs only when it is asked for by name. */
const CLUSTER = 'kubernetes';
const KNOWN = [...PROJECTS, CLUSTER];
const WORKERS = /^(--maxWorkers|-w|--runInBand|-i$)/;

/** Unit tests need no services; anything else may. */
export function needsServices(asked) {
  const { projects, paths } = sort(asked);
  if (projects.length === 0 && paths.length === 0) return true;
  return projects.some((name) => name !== 'unit') || paths.some((path) => !path.includes('test/unit'));
}

/** Tests of whole processes run what was compiled. */
export function needsBuild(asked) {
  return asksFor('process', asked) || needsBrowser(asked) || needsCluster(asked);
}

export function needsBrowser(asked) {
  return asksFor('browser', asked);
}

/** Asked for by name, or by a path below its folder. */
export function needsCluster(asked) {
  const { projects, paths } = sort(asked);
  return projects.includes(CLUSTER) || paths.some((path) => path.includes(`test/${CLUSTER}`));
}

function asksFor(project, asked) {
  const { projects, paths } = sort(asked);
  if (projects.length === 0 && paths.length === 0) return true;
  return projects.includes(project) || paths.some((path) => path.includes(`test/${project}`));
}

/**
 * The command line of one jest run.
 * @param {string} root folder of the project
 * @param {string[]} asked projects, paths and jest's own options
 */
export function jestCommand(root, asked) {
  const { paths, options } = sort(asked);
  return [
    process.execPath,
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    ...['--reporters=default', `--reporters=${join(root, 'scripts', 'test', 'totals-reporter.mjs')}`],
    `--cacheDirectory=${join(root, '.reviver', 'jest')}`,
    ...(options.some((option) => WORKERS.test(option)) ? [] : workers(asked)),
    ...options,
    ...['--selectProjects', ...chosen(asked)],
    ...(paths.length > 0 ? ['--', ...paths] : []),
  ];
}

/**
 * Whole processes and browsers want the machine for themselves; a worker of its own, even if it is alone, gives memory
 * back that modules leave behind.
 */
function workers(asked) {
  return needsBuild(asked) ? ['--maxWorkers=1', '--workerIdleMemoryLimit=1GB'] : ['--maxWorkers=100%'];
}

function chosen(asked) {
  const { projects } = sort(asked);
  if (projects.length > 0) return projects;
  return needsCluster(asked) ? KNOWN : PROJECTS;
}

/** Options that take a value must be written with `=`: `--testNamePattern=word`. */
function sort(asked) {
  return {
    options: asked.filter((word) => word.startsWith('-')),
    projects: asked.filter((word) => KNOWN.includes(word)),
    paths: asked.filter((word) => !word.startsWith('-') && !KNOWN.includes(word)),
  };
}
