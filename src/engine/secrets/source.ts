/**
 * A place where secrets lie. It is asked right before the effect that needs one, each time anew, and keeps nothing of what
 * it has told.
 */
export interface SecretSource {
  /** The word before the colon: small letters, digits and `-`. */
  scheme: string;
  /** How a reference to it is written, for people: `vault:secret/data/orders#password`. */
  form: string;
  /** True: it is of this machine, so that it is also asked when Reviver starts, and what is not there is refused then. */
  local?: boolean;
  /** Why this names nothing here, without a full stop and without asking anybody; undefined: it may. */
  objection(name: string): string | undefined;
  /**
   * The secret. Throws an `ActionError` that says what is so without any value: `retryable` where the source cannot be
   * reached now. The signal aborts after 10 s.
   */
  resolve(name: string, signal: AbortSignal): Promise<string>;
}
