import { execFileSync } from 'node:child_process';
import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { startServer } from './server.mjs';
import { unmountBelow } from './unmount.mjs';

/**
 * Starts a private Docker engine on a socket in `dir`; needs root, `dockerd` and a static `/bin/busybox`. Nothing of the
 * machine's own engine is touched. It has one image, `reviver-test`: busybox. It can be killed and started again with its
 * containers.
 * @param {object} options
 * @param {string} options.dir short, since a socket's path has at most 107 characters
 */
export async function startDocker({ dir }) {
  await mkdir(dir, { recursive: true });
  const socket = join(dir, 'docker.sock');
  const host = `unix://${socket}`;
  let server = await launch(dir, socket);
  await importBusybox(dir, host);
  return {
    host,
    get pid() {
      return server.pid;
    },
    dir,
    kill: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
      // It takes its containerd with it. Where nobody buries that one, the next engine would wait for it for ever.
      await rm(join(dir, 'exec', 'containerd', 'containerd.pid'), { force: true });
    },
    start: async () => {
      server = await launch(dir, socket);
    },
    stop: async () => {
      await server.stop();
      await unmountBelow(dir);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function launch(dir, socket) {
  const [data, exec] = ['data', 'exec'].map((name) => join(dir, name));
  return startServer({
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
