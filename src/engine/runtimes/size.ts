import { ActionError } from '../actions/action.js';
import type { ServiceSize } from '../model/service.js';

/** How big a service is now, or should be; a runtime sets those that it knows. Without a limit: what the machine has. */
export type Size = { cpus?: number; memory?: number; replicas?: number };

/** What a person wants: so many sizes up or down, a place in the list of sizes (1 is the first), or a size itself. */
export type SizeWish = { by: number } | { to: number } | { to: Size };

/** The size that is meant for a container that has these, from small to big. */
export function chooseFromList(service: string, sizes: readonly ServiceSize[], now: Size, wish: SizeWish): Size {
  const list = sizes.map(asSize);
  if ('to' in wish) return typeof wish.to === 'number' ? atPlace(service, list, wish.to) : wish.to;
  if (list.length === 0) throw noList(service);
  const up = wish.by > 0;
  const beyond = up ? list.filter((size) => isBigger(size, now)) : list.filter((size) => isBigger(now, size)).reverse();
  const chosen = beyond[Math.abs(wish.by) - 1];
  if (chosen) return chosen;
  const end = up ? 'biggest' : 'smallest';
  const left = beyond.length === 0 ? 'none' : `only ${beyond.length}`;
  throw refusal(`${service} has ${words(now)}, and ${left} of its sizes is ${up ? 'bigger' : 'smaller'}`, list, end);
}

function atPlace(service: string, list: readonly Size[], place: number): Size {
  if (list.length === 0) throw noList(service);
  const named = list[place - 1];
  if (named) return named;
  throw refusal(`${service} has ${list.length} sizes, and none at place ${place}`, list);
}

/** Instances of a service that may have any number of them. */
export function chooseReplicas(service: string, now: Size, wish: SizeWish): Size {
  const is = now.replicas ?? 0;
  const wanted = 'by' in wish ? is + wish.by : typeof wish.to === 'number' ? wish.to : wish.to.replicas;
  if (wanted === undefined)
    throw new ActionError(`${service} is scaled by replicas, not by CPUs and memory. Nothing was changed.`, {
      code: 'not_possible',
      retryable: false,
    });
  if (wanted >= 1) return { replicas: wanted };
  throw new ActionError(
    `${service} has ${words(now)}, and would have ${wanted}. At least 1 must stay: stop_service stops all of it. Nothing was changed.`,
    { code: 'not_possible', retryable: false },
  );
}

/** Whether a service that is so big is what was wanted; only what is wanted counts. */
export function isSize(now: Size, wanted: Size): boolean {
  return KEYS.every((key) => wanted[key] === undefined || wanted[key] === now[key]);
}

/** `0.5 CPUs, 256 MB`; `3 replicas`. */
export function words(size: Size): string {
  const parts = [
    size.replicas === undefined ? undefined : `${size.replicas} ${size.replicas === 1 ? 'replica' : 'replicas'}`,
    size.cpus === undefined ? undefined : cpuWords(size.cpus),
    size.memory === undefined ? undefined : memoryWords(size.memory),
  ];
  return parts.filter((part) => part !== undefined).join(', ') || 'an unknown size';
}

const KEYS = ['replicas', 'cpus', 'memory'] as const;

const cpuWords = (cpus: number): string => `${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`;

const MEBIBYTE = 1_024 ** 2;

const memoryWords = (bytes: number): string => `${Math.round((bytes / MEBIBYTE) * 10) / 10} MB`;

function asSize({ cpus, memoryBytes }: ServiceSize): Size {
  return { ...(cpus === undefined ? {} : { cpus }), ...(memoryBytes === undefined ? {} : { memory: memoryBytes }) };
}

/** In nothing smaller, and in something bigger. What one of them does not say is no difference. */
function isBigger(size: Size, than: Size): boolean {
  const differences = (['cpus', 'memory'] as const).map((key) => {
    const [one, other] = [size[key], than[key]];
    return one === undefined || other === undefined ? 0 : one - other;
  });
  return differences.every((difference) => difference >= 0) && differences.some((difference) => difference > 0);
}

function refusal(what: string, list: readonly Size[], end?: string): ActionError {
  const sizes = list.map((size, index) => `${index + 1}: ${words(size)}`).join('; ');
  const todo = end ? ` Add a ${end === 'biggest' ? 'bigger' : 'smaller'} one to \`sizes\`, or name one with "to".` : '';
  return new ActionError(`${what}. Its sizes are ${sizes}.${todo} Nothing was changed.`, {
    code: 'no_such_size',
    retryable: false,
  });
}

function noList(service: string): ActionError {
  return new ActionError(
    `${service} has no \`sizes\` in the configuration, so it is not known which is the next. Add them, such as sizes: [{ cpus: 0.5, memory: 256m }, { cpus: 1, memory: 512m }]. Nothing was changed.`,
    { code: 'not_possible', retryable: false },
  );
}
