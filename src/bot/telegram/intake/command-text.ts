/** Commands that stand for themselves; each is what follows it, after a word of its own. */
const OWN: Readonly<Record<string, string>> = { recover: '', help: 'help', status: 'status' };

const COMMAND = /^\/([a-z0-9_]{1,32})(?:@([a-z0-9_]+))?(?=\s|$)/i;

/**
 * The command line behind a message, without `/recover`; undefined: it is none for this bot. `/start` counts in a
 * private chat alone, where Telegram sends it for everybody.
 */
export function commandText(text: string, bot: string, isPrivate: boolean): string | undefined {
  const found = COMMAND.exec(text);
  const [whole = '', name = '', addressed] = found ?? [];
  if (!found || (addressed !== undefined && addressed.toLowerCase() !== bot.toLowerCase())) return undefined;
  const command = name.toLowerCase();
  if (command === 'start') return isPrivate || addressed !== undefined ? 'help' : undefined;
  const word = Object.hasOwn(OWN, command) ? OWN[command] : undefined;
  if (word === undefined) return undefined;
  return [word, text.slice(whole.length).trim()].filter(Boolean).join(' ');
}
