/** Values that docker compose, systemd and shells take without quotes, and mean the same by. */
const PLAIN = /^[\w@%+=:,./?&~-]*$/;

/** Lines `NAME=value`, in double quotes where the value needs them. */
export function formatEnvFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${PLAIN.test(value) ? value : quoted(value)}\n`)
    .join('');
}

/** Of what `formatEnvFile` writes. Throws for a line that is none of its. */
export function parseEnvFile(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error('a line of the variables is not NAME=value');
      return [name, value.startsWith('"') ? unquoted(value) : value];
    }),
  );
}

function quoted(value: string): string {
  return `"${value.replace(/[\\"$`]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function unquoted(value: string): string {
  return value.slice(1, -1).replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}
