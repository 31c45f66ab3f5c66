import { ActionError } from '../../actions/action.js';
import type { SecretSource } from '../source.js';

/** Variables of this process. */
export function createEnvSource(env: Readonly<Record<string, string | undefined>>): SecretSource {
  return {
    scheme: 'env',
    form: 'env:ORDERS_TOKEN',
    local: true,
    objection: (name) => (/^[A-Za-z_]\w{0,254}$/.test(name) ? undefined : 'a variable has letters, digits and _'),
    async resolve(name) {
      const value = env[name]?.trim();
      if (value) return value;
      throw new ActionError(`the variable ${name} is not set, or empty, where this process was started`, {
        retryable: false,
      });
    },
  };
}
