import type { RuntimeStatus } from '../runtime.js';

/** Properties that are asked of `systemctl show`. */
export const PROPERTIES = [
  'LoadState',
  'ActiveState',
  'SubState',
  'MainPID',
  'InvocationID',
  'Result',
  'ExecMainStatus',
  'NRestarts',
  'UnitFileState',
] as const;

export type UnitProperties = Readonly<Partial<Record<(typeof PROPERTIES)[number], string>>>;

/** `ActiveState=active`, one a line; a value may have `=` in it. */
export function parseShow(output: string): UnitProperties {
  const found: Partial<Record<(typeof PROPERTIES)[number], string>> = {};
  for (const line of output.split('\n')) {
    const at = line.indexOf('=');
    const key = PROPERTIES.find((name) => name === line.slice(0, at));
    if (key && at > 0) found[key] = line.slice(at + 1).trim();
  }
  return found;
}

/** States in which something of the unit is there, also one that begins or ends. `activating` may be a pause between two tries. */
const THERE: ReadonlySet<string> = new Set(['active', 'reloading', 'refreshing', 'deactivating']);

/** An invocation is one start of a unit: systemd gives each an id of its own. */
export function unitStatus(unit: string, shown: UnitProperties): RuntimeStatus {
  const { LoadState: load = '', ActiveState: active = '', SubState: sub = '', Result: result = '' } = shown;
  if (load === 'not-found' || load === '')
    return { status: 'missing', instance: null, summary: `no unit ${unit}`, facts: {} };
  const pid = Number(shown.MainPID ?? 0);
  const facts = {
    active,
    sub,
    result,
    ...(pid > 0 ? { pid } : {}),
    ...(load === 'loaded' ? {} : { load }),
    ...(shown.UnitFileState ? { enabled: shown.UnitFileState } : {}),
    ...numbered('restarts', shown.NRestarts),
    ...(active === 'failed' ? numbered('exit_code', shown.ExecMainStatus) : {}),
  };
  if (THERE.has(active) || pid > 0) {
    const what = pid > 0 ? `pid ${pid}` : `${active} (${sub})`;
    return { status: 'running', instance: shown.InvocationID || `${pid}`, summary: `${unit}, ${what}`, facts };
  }
  const why = load === 'masked' ? 'masked' : active === 'failed' ? `failed (${result})` : `${active} (${sub})`;
  return { status: 'stopped', instance: null, summary: `${unit} ${why}`, facts };
}

function numbered(key: string, text: string | undefined): Record<string, number> {
  return text !== undefined && /^\d+$/.test(text) ? { [key]: Number(text) } : {};
}
