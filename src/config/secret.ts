import { inspect } from 'node:util';
import { rememberSecret } from '../engine/model/known-secrets.js';

/** A value that can be used but not printed: in logs, errors and JSON it reads `[secret]`, and no text holds it any more. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    rememberSecret(value);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
