import { readFileSync } from 'node:fs';

export interface DocumentedRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** The curl commands of one section of a page, as JSON requests; the token is left out. */
export function documentedRequests(file: string, section: string): DocumentedRequest[] {
  const page = readFileSync(file, 'utf8');
  const [, text = ''] = page.split(`\n## ${section}\n`);
  const [own = ''] = text.split('\n## ');
  return own
    .split('\n')
    .filter((line) => line.startsWith('curl '))
    .map((line) => {
      const headers = [...line.matchAll(/-H (?:'([\w-]+): ([^']*)'|"([\w-]+): ([^"]*)")/g)].map(
        ([, name, value, name2, value2]) => [name ?? name2, value ?? value2],
      );
      return {
        path: new URL(/ (http:\S+)$/.exec(line)?.[1] ?? '').pathname,
        headers: Object.fromEntries(headers.filter(([name]) => name !== 'Authorization' && name !== 'Content-Type')),
        body: / -d '([^']*)'/.exec(line)?.[1] ?? '',
      };
    });
}
