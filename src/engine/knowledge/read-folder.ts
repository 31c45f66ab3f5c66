import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Runbook } from '../planner/runbook.js';
import type { PlanDocument } from './knowledge.js';

/** A document is read by people: what is larger is none. */
const LARGEST_BYTES = 256 * 1024;

export interface Folder {
  documents: PlanDocument[];
  /** Files that are not counted, and why: one sentence each. */
  passedOver: string[];
}

/**
 * Markdown below a folder. What a file is about stands in its front matter (`runbook: redis_outage`, `strategy: restart`; also
 * `kind: postmortem`, `service: redis`), else its name says it: `redis_outage.md`. A folder that is not there has none. Links
 * that lead out of it, hidden files and large ones are passed over.
 */
export async function readFolder(folder: string, known: KnownPlans): Promise<Folder> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined) return { documents: [], passedOver: [] };
  const names = (await readdir(root, { recursive: true })).filter(isDocument).sort();
  const found: Folder = { documents: [], passedOver: [] };
  for (const name of names) {
    const path = await realpath(join(root, name)).catch(() => '');
    const problem = await refusal(path, root);
    const document = problem === undefined ? documentOf(name, await readFile(path, 'utf8'), known) : problem;
    if (typeof document === 'string') found.passedOver.push(`${name} ${document}`);
    else found.documents.push(document);
  }
  return found;
}

export interface KnownPlans {
  runbooks: readonly Runbook[];
  /** Names. */
  strategies: readonly string[];
}

/** What runbooks say of themselves counts as written about them. */
export function ownDocuments(runbooks: readonly Runbook[]): PlanDocument[] {
  return runbooks.map(({ id, name = id, description, match }) => ({
    source: `runbook:${id}`,
    kind: 'document' as const,
    plan: `runbook:${id}`,
    text: [...new Set([id, name]), description, ...match.alerts, ...match.symptoms].join('\n'),
  }));
}

function isDocument(name: string): boolean {
  return /\.md$/i.test(name) && !name.split(sep).some((part) => part.startsWith('.')) && !/^readme\.md$/i.test(name);
}

async function refusal(path: string, root: string): Promise<string | undefined> {
  if (!path.startsWith(root + sep)) return 'is a link that leads out of the folder, or nowhere';
  const found = await stat(path);
  if (!found.isFile()) return 'is not a file';
  return found.size > LARGEST_BYTES ? `is larger than ${LARGEST_BYTES / 1024} KiB` : undefined;
}

function documentOf(name: string, text: string, { runbooks, strategies }: KnownPlans): PlanDocument | string {
  const facts = frontMatter(text);
  const own = (relative('.', name).split(sep).at(-1) ?? '').replace(/\.md$/i, '');
  const runbook = facts.get('runbook') ?? (facts.has('strategy') ? undefined : own);
  const strategy = facts.get('strategy') ?? own;
  const kind = facts.get('kind') === 'postmortem' ? 'postmortem' : 'document';
  const service = facts.get('service');
  const about = { source: name, kind, text, ...(service === undefined ? {} : { service }) } as const;
  if (runbooks.some(({ id }) => id === runbook)) return { ...about, plan: `runbook:${runbook}` };
  if (strategies.includes(strategy)) return { ...about, plan: `strategy:${strategy}` };
  return `names no runbook or strategy that is loaded (${runbook ?? strategy}); begin it with "---\\nrunbook: ID\\n---"`;
}

function frontMatter(text: string): Map<string, string> {
  const head = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? '';
  return new Map(
    head.split(/\r?\n/).flatMap((line) => {
      const match = /^(\w+):\s*["']?(.*?)["']?\s*$/.exec(line);
      return match?.[1] ? [[match[1], match[2] ?? ''] as const] : [];
    }),
  );
}
