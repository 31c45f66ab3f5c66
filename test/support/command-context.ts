import type { CommandContext } from '../../src/bot/commands/command.js';
import { COMMANDS } from '../../src/bot/commands/table.js';
import type { Language } from '../../src/bot/port.js';
import { wordsOf } from '../../src/bot/words/languages.js';
import type { Role } from '../../src/engine/model/person.js';
import type { FakeEngine } from './fake-engine.js';
import { NOW } from './recovery-view.js';

interface Asking {
  name?: string;
  roles?: readonly Role[];
  language?: Language;
  now?: Date;
}

/** A command that is typed in a console's channel. Unless said otherwise, Ann asks, who is a responder, in English. */
export function commandContext(
  engine: FakeEngine,
  { name = 'Ann', roles = ['responder'], language = 'en', now = NOW }: Asking = {},
): CommandContext {
  return {
    engine,
    who: { name, roles: [...roles], human: true, via: 'console' },
    origin: { platform: 'console', channel: 'incidents' },
    commands: COMMANDS,
    words: wordsOf(language),
    surroundings: { platforms: [], incidents: {}, groups: [] },
    now: () => now,
  };
}
