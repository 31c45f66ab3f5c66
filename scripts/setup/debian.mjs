import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runQuietly } from './run.mjs';

const PACKAGE = 'redis-server';

/** Needs root. */
export async function installByApt(packages = [PACKAGE]) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runQuietly(['apt-get', 'update', '-qq'], { env });
  await runQuietly(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
}

/**
 * Unpacks the system's package, and what it needs that is not installed, into `.reviver/redis`, and puts a
 * `redis-server` that finds its libraries into `.reviver/bin`. Needs no root and changes nothing outside.
 */
export async function unpackByApt(root) {
  const target = join(root, '.reviver', 'redis');
  const work = await mkdtemp(join(tmpdir(), 'reviver-apt-'));
  try {
    const apt = await privateApt(work);
    for (const name of await missingPackages(apt)) await runQuietly([...apt, 'download', '-qq', name], { cwd: work });
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    const archives = (await readdir(work)).filter((name) => name.endsWith('.deb'));
    for (const archive of archives) await runQuietly(['dpkg', '-x', join(work, archive), target]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  await writeLauncher(root, target);
}

/** apt with package lists of its own, since only root may refresh the system's, which a fresh container lacks. */
async function privateApt(work) {
  const lists = join(work, 'lists');
  const cache = join(work, 'cache');
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
  const apt = [
    'apt-get',
    '-o',
    `Dir::State::Lists=${lists}`,
    '-o',
    `Dir::Cache=${cache}`,
    '-o',
    'APT::Sandbox::User=root',
  ];
  await runQuietly([...apt, 'update', '-qq']);
  return apt;
}

/** `Inst redis-server (5:7.0.15 ...)`: a simulated install names what a real one would add. */
async function missingPackages(apt) {
  const plan = await runQuietly([...apt, 'install', '-s', '--no-install-recommends', PACKAGE]);
  return [...plan.matchAll(/^Inst (\S+)/gm)].map((match) => match[1]);
}

/** The launcher finds its files from where it lies, so that the project may be moved; `exec` keeps the pid. */
async function writeLauncher(root, target) {
  const bin = join(root, '.reviver', 'bin');
  const libraries = await libraryFolders(join(target, 'usr', 'lib'));
  const path = libraries.map((folder) => `$here/${relative(join(root, '.reviver'), folder)}`).join(':');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, PACKAGE), launcherText(path), { mode: 0o755 });
}

function launcherText(path) {
  return [
    '#!/bin/sh',
    'here=$(cd "$(dirname "$0")/.." && pwd) || exit 1',
    `export LD_LIBRARY_PATH="${path}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`,
    `exec "$here/redis/usr/bin/${PACKAGE}" "$@"`,
    '',
  ].join('\n');
}

async function libraryFolders(lib) {
  const entries = await readdir(lib, { withFileTypes: true });
  return [lib, ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(lib, entry.name))];
}
