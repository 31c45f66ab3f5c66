import { execFileSync } from 'node:child_process';
import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { startServer } from './server.mjs';

/**
 * Starts a private Docker engine on a socket in `dir`; needs root and `dockerd`. Nothing of the machine's own engine is
 * touched. It has one image, `reviver-test`: busybox.
 * @param {object} options
 * @param {string} options.dir short, since a socket's path has at most 107 characters
 */
export async function startDocker({ dir }) {
  const [data, exec, socket] = ['data', 'exec', 'docker.sock'].map((name) => join(dir, name));
  await mkdir(dir, { recursive: true });
  const { pid, stop } = await startServer({
    name: 'Docker',
    command: [
      'dockerd',
      ...['--data-root', data, '--exec-root', exec, '--pidfile', join(dir, 'docker.pid')],
      ...['-H', `unix://${socket}`, '--storage-driver', 'overlay2', '--bridge', 'none', '--iptables=false'],
    ],
    log: join(dir, 'docker.log'),
    stopSignal: 'TERM',
    ready: () => answers(socket),
  });
  const host = `unix://${socket}`;
  await importBusybox(dir, host);
  return {
    host,
    pid,
    dir,
    stop: async () => {
      await stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function answers(socketPath) {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: 1_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.once('error', () => resolve(false));
    asked.once('timeout', () => asked.destroy());
    asked.end();
  });
}

const APPLETS = [
  'sh',
  'sleep',
  'httpd',
  'cat',
  'echo',
  'touch',
  'ls',
  'nc',
  'wget',
  'dd',
  'mkdir',
  'test',
  'kill',
  'true',
  'false',
  'tail',
];

/** There is no registry: the image is a folder with one program. */
async function importBusybox(dir, host) {
  const root = join(dir, 'image');
  await mkdir(join(root, 'bin'), { recursive: true });
  await mkdir(join(root, 'tmp'));
  await cp('/bin/busybox', join(root, 'bin', 'busybox'));
  for (const applet of APPLETS) await symlink('busybox', join(root, 'bin', applet));
  const tar = execFileSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 * 1024 * 1024 });
  execFileSync('docker', ['-H', host, 'import', '-', 'reviver-test'], {
    input: tar,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
}
