import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * All processes of this machine that are alive (zombies are not): what they run, and where, as far as may be seen.
 * @returns {Promise<import('./process-table.d.mts').ProcessRow[]>}
 */
export async function processTable() {
  return process.platform === 'linux' ? readProc() : askPs();
}

/** Processes that mention the marker (a path, as a rule) in their arguments, environment or working folder. */
export async function processesMarked(marker) {
  const rows = await processTable();
  return rows.filter(({ command, cwd, environment }) =>
    [command, cwd, environment].some((text) => text.includes(marker)),
  );
}

async function readProc() {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(pids.map((pid) => readRow(Number(pid))));
  return rows.filter((row) => row !== undefined);
}

async function readRow(pid) {
  const read = (name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const [stat, command, environment] = await Promise.all([read('stat'), read('cmdline'), read('environ')]);
  // The name in brackets may hold spaces and brackets; the fields after it are: state, parent, process group.
  const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!state || state === 'Z' || state === 'X') return undefined;
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  return {
    pid,
    ppid: Number(parent),
    pgid: Number(group),
    command: spaced(command),
    cwd,
    environment: spaced(environment),
  };
}

function spaced(text) {
  return text.replaceAll('\0', ' ').trim();
}

/** Where there is no /proc. Not proven: written for macOS, never run there. */
async function askPs() {
  const columns = 'pid=,ppid=,pgid=,stat=,command=';
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', columns], { maxBuffer: 64 * 2 ** 20 });
  const rows = stdout.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line));
  return rows
    .filter((row) => row && !row[4].startsWith('Z'))
    .map(([, pid, ppid, pgid, , command]) => ({
      pid: +pid,
      ppid: +ppid,
      pgid: +pgid,
      command,
      cwd: '',
      environment: '',
    }));
}
