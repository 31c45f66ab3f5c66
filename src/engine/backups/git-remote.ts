/** A repository elsewhere, as git is told of it: its credentials are in the environment of its process, never in arguments. */
export interface GitRemote {
  /** Name of the remote in commands. */
  name: string;
  /** For people: without credentials. */
  address: string;
  env: Record<string, string>;
}

const NAME = 'reviver-mirror';

/** Answers git's question for credentials from the environment; every other helper is set aside. Source: git manual, gitcredentials. */
const HELPER = `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$REVIVER_GIT_USER" "$REVIVER_GIT_PASSWORD"; }; f`;

/** @param url `https://user:token@host/path.git`, `ssh://git@host/path.git`, `git@host:path.git`, `file:///path.git` */
export function gitRemote(url: string): GitRemote {
  const read = /^https?:/.test(url) ? new URL(url) : undefined;
  const { username = '', password = '' } = read ?? {};
  if (read) {
    read.username = '';
    read.password = '';
  }
  const address = read?.href ?? url;
  const settings = [
    [`remote.${NAME}.url`, address],
    ...(username === ''
      ? []
      : [
          ['credential.helper', ''],
          ['credential.helper', HELPER],
        ]),
  ];
  return {
    name: NAME,
    address,
    env: {
      // Nobody is there to answer, and its messages are read by people who may not share its language.
      GIT_TERMINAL_PROMPT: '0',
      GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
      LC_ALL: 'C',
      GIT_CONFIG_COUNT: String(settings.length),
      ...Object.fromEntries(
        settings.flatMap(([key = '', value = ''], n) => [
          [`GIT_CONFIG_KEY_${n}`, key],
          [`GIT_CONFIG_VALUE_${n}`, value],
        ]),
      ),
      ...(username === ''
        ? {}
        : { REVIVER_GIT_USER: decodeURIComponent(username), REVIVER_GIT_PASSWORD: decodeURIComponent(password) }),
    },
  };
}
