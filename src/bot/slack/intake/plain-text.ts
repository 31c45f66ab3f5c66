/**
 * What a person typed, from Slack's markup: `<@U1|ann>`, `<#C1|ops>`, `<https://redis.io|redis.io>`, `&amp;`. Quotes,
 * blanks and dashes of phones are left to the tokeniser, which reads them.
 */
export function plainText(markup: string): string {
  return markup
    .replace(/<([^<>]*)>/g, (_, inner: string) => unwrapped(inner))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim();
}

function unwrapped(inner: string): string {
  const [target = '', label] = splitOnce(inner, '|');
  if (target.startsWith('@') || target.startsWith('#')) return label ? `${target.charAt(0)}${label}` : target;
  if (target.startsWith('!')) return label ?? target.replace(/^!(?:subteam\^)?/, '@');
  // A bare address was made a link by Slack: its label is what was typed.
  return label ?? target.replace(/^mailto:/, '');
}

function splitOnce(text: string, by: string): [string, string?] {
  const at = text.indexOf(by);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Without the mentions that call the app at its beginning, and without a command that was typed after them. */
export function withoutCall(markup: string, botUser: string | undefined): string {
  const self = botUser === undefined ? '[UW][A-Z0-9]+' : `(?:${botUser})`;
  return markup.replace(new RegExp(`^(?:\\s*<@${self}(?:\\|[^>]*)?>[\\s,:]*)+`), '').replace(/^\/recover\b\s*/, '');
}

/** Phones capitalise the first letter: taken back where only the name with a small one is known. */
export function uncapitalised(text: string, names: ReadonlySet<string>): string {
  const first = /^\S+/.exec(text)?.[0] ?? '';
  const small = first.charAt(0).toLowerCase() + first.slice(1);
  return !names.has(first) && names.has(small) ? small + text.slice(first.length) : text;
}
