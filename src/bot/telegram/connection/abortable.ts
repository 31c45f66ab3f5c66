import type { Api } from 'grammy';

/** grammY names the signal of a polyfill, whose events have other types; all it does is listen for `abort`. */
type GrammySignal = NonNullable<Parameters<Api['getMe']>[0]>;

/** An AbortSignal of the platform, as grammY takes it. */
export function abortable(signal: AbortSignal): GrammySignal {
  if (!listens(signal)) throw new TypeError('not an AbortSignal');
  return signal;
}

function listens(signal: AbortSignal): signal is AbortSignal & GrammySignal {
  return typeof signal.addEventListener === 'function' && typeof signal.aborted === 'boolean';
}
