import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * Ends the process groups of a worker that is gone. One tiny shell per worker, in a session of its own, holds the other
 * end of a pipe: the kernel closes it when the worker dies, however it dies, and then every group that is still listed
 * is killed.
 */
export interface Guardian {
  /** Resolves when the guardian knows the group; from then on the group cannot outlive this process. */
  add(group: number): Promise<void>;
  /** The group is gone by itself. */
  remove(group: number): void;
  /** Ends the guardian, and with it every group that is still listed. */
  close(): Promise<void>;
}

const SCRIPT = `
trap '' INT TERM HUP QUIT PIPE
groups=' '
while read -r verb group; do
  case $verb in
    add) groups="$groups$group "; echo "$group" ;;
    del) case $groups in *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;; esac ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done 2>/dev/null
exit 0`;

interface Known {
  acknowledged: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

/** Nothing is started before the first group is added. */
export function createGuardian(): Guardian {
  const known = new Map<number, Known>();
  let shell: ChildProcess | undefined;
  let closing = false;

  function start(): ChildProcess {
    const child = spawn('/bin/sh', ['-c', SCRIPT], {
      detached: true,
      cwd: '/',
      env: {},
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    shell = child;
    let answered = false;
    // A guardian that died is noticed by its exit; a write into its closed pipe tells nothing more.
    child.stdin.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', (line) => {
      answered = true;
      known.get(Number(line))?.resolve();
    });
    child.once('error', (error) => lost(child, error));
    child.once('exit', () => (answered ? lost(child) : lost(child, new Error('it ended before it answered'))));
    letProcessEnd(child);
    for (const group of known.keys()) child.stdin.write(`add ${group}\n`);
    return child;
  }

  function lost(child: ChildProcess, cause?: Error): void {
    if (shell !== child) return;
    shell = undefined;
    if (closing || known.size === 0) return;
    if (!cause) start();
    else
      for (const entry of known.values()) entry.reject(new Error(`no guardian for child processes: ${cause.message}`));
  }

  return {
    add(group) {
      const entry = pending();
      known.set(group, entry);
      if (shell) shell.stdin?.write(`add ${group}\n`);
      else start();
      return entry.acknowledged;
    },
    remove(group) {
      if (known.delete(group)) shell?.stdin?.write(`del ${group}\n`);
    },
    async close() {
      closing = true;
      const child = shell;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.ref();
      child.stdin?.end();
      await ended;
    },
  };
}

function pending(): Known {
  let settle: Pick<Known, 'resolve' | 'reject'> = { resolve() {}, reject() {} };
  const acknowledged = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Who waits sees the rejection; a group that was acknowledged before has nobody waiting.
  acknowledged.catch(() => {});
  return { acknowledged, ...settle };
}

/** The guardian alone shall not keep a worker from ending. */
function letProcessEnd(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout]) if (stream instanceof Socket) stream.unref();
}
