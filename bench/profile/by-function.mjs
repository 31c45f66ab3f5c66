import { packageOf } from './package-of.mjs';

/** Self time in a V8 CPU profile: `{functions: [[name, ms]], packages: [[name, ms]], busyMs}`, most first. */
export function byFunction({ nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const functions = new Map();
  const packages = new Map();
  let busyMs = 0;
  samples.forEach((id, index) => {
    const frame = frames.get(id);
    if (frame.functionName === '(idle)') return;
    const ms = timeDeltas[index] / 1_000;
    busyMs += ms;
    add(functions, `${frame.functionName || '(anonymous)'}  ${where(frame)}`, ms);
    add(
      packages,
      frame.url ? packageOf(frame.url) : frame.functionName.startsWith('(') ? frame.functionName : '(native)',
      ms,
    );
  });
  return { functions: most(functions), packages: most(packages), busyMs };
}

function where({ url, lineNumber }) {
  if (!url) return '';
  return `${packageOf(url)} ${url.slice(url.lastIndexOf('/') + 1)}:${lineNumber + 1}`;
}

function add(map, key, ms) {
  map.set(key, (map.get(key) ?? 0) + ms);
}

function most(map) {
  return [...map].sort((a, b) => b[1] - a[1]);
}
