import { createHash } from 'node:crypto';
import type { Api } from 'grammy';
import type { Log } from '../../../engine/ports.js';
import type { Language, PlatformMemory } from '../../port.js';
import { failureOf } from '../failure.js';
import { delayAfter, rest } from '../rest.js';
import { WORDS } from '../words.js';
import { abortable } from './abortable.js';

type Command = { command: string; description: string };
type Scope = { type: 'default' } | { type: 'all_private_chats' } | { type: 'all_group_chats' };

interface Menu {
  scope: Scope;
  commands: Command[];
  language_code?: 'ru';
}

const KEY = 'menus';

/** The lists of commands that clients offer. They are no access control: anyone may type any command anywhere. */
export function menus(): Menu[] {
  return (['en', 'ru'] as const).flatMap((language) => menusIn(language));
}

function menusIn(language: Language): Menu[] {
  const { menu } = WORDS[language];
  const code = language === 'ru' ? { language_code: 'ru' as const } : {};
  const looking = [
    { command: 'help', description: menu.help },
    { command: 'status', description: menu.status },
  ];
  const all = [{ command: 'recover', description: menu.recover }, ...looking];
  return [
    { scope: { type: 'default' }, commands: looking, ...code },
    { scope: { type: 'all_private_chats' }, commands: all, ...code },
    { scope: { type: 'all_group_chats' }, commands: all, ...code },
  ];
}

/** Sets them once, and again only when they have changed. In nobody's way: it goes on trying until `signal` aborts. */
export async function keepMenus(
  { api, memory, log, delays }: { api: Api; memory: PlatformMemory; log: Log; delays: readonly number[] },
  signal: AbortSignal,
): Promise<void> {
  const wanted = menus();
  const hash = createHash('sha256').update(JSON.stringify(wanted)).digest('base64url');
  for (let failures = 0; !signal.aborted; ) {
    try {
      if ((await memory.recall(KEY)) === hash) return;
      for (const { commands, ...where } of wanted) await api.setMyCommands(commands, where, abortable(signal));
      await memory.remember(KEY, hash);
      return;
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      if (failures === 1) log('warn', 'telegram:menus_failed', { error: failureOf(error).why });
      await rest(delayAfter(failures, delays), signal);
    }
  }
}
