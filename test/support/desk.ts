import type { ChatInput, Desk, FormChoices } from '../../src/bot/port.js';

const NOTHING: FormChoices = { services: [], parameters: {} };

/** A bot's side of the port for tests of a platform: hands each input to `handle`, once for each id. */
export function createTestDesk(
  handle: (input: ChatInput) => Promise<void> = async () => {},
  rest: Partial<Omit<Desk, 'accept'>> = {},
): Desk {
  const taken = new Map<string, Promise<void>>();
  return {
    async accept(input) {
      const before = taken.get(input.id);
      const handled = before ?? handle(input);
      taken.set(input.id, handled);
      return { fresh: before === undefined, handled };
    },
    choices: () => NOTHING,
    home: async () => [],
    language: () => 'en',
    ...rest,
  };
}
