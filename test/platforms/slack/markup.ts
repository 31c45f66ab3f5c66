import type { Block } from './blocks.js';

/** Names of a workspace, by id. */
export interface Names {
  user(id: string): string | undefined;
  group(id: string): string | undefined;
}

/** What people see of a text, and whom it disturbs. */
export interface Shown {
  text: string;
  notified: string[];
}

const TOKEN = /<([^<>]+)>/g;

/** Slack's own reading of `text` and of mrkdwn: mentions, links, and the three entities. */
export function decode(markup: string, names: Names): Shown {
  const notified: string[] = [];
  const text = markup.replace(TOKEN, (_, inner: string) => {
    const [target = '', label] = inner.split('|');
    if (target.startsWith('@')) return mention(target.slice(1), names.user, notified);
    if (target.startsWith('!subteam^')) return mention(target.slice(9), names.group, notified);
    if (/^!(?:channel|here|everyone)$/.test(target)) {
      notified.push(target.slice(1));
      return `@${target.slice(1)}`;
    }
    return label ?? target;
  });
  return { text: text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'), notified };
}

function mention(id: string, name: (id: string) => string | undefined, notified: string[]): string {
  notified.push(id);
  return `@${name(id) ?? id}`;
}

export function showBlocks(blocks: readonly Block[], names: Names): Shown {
  const shown = blocks.map((block) => showBlock(block, names));
  return {
    text: shown
      .map(({ text }) => text)
      .filter(Boolean)
      .join('\n'),
    notified: shown.flatMap(({ notified }) => notified),
  };
}

function showBlock(block: Block, names: Names): Shown {
  switch (block.type) {
    case 'rich_text': {
      const notified: string[] = [];
      const sections = block.elements.map(({ elements }) =>
        elements.map((run) => showRun(run, names, notified)).join(''),
      );
      return { text: sections.join('\n'), notified };
    }
    case 'section':
      return joined([...(block.text ? [block.text] : []), ...(block.fields ?? [])], names);
    case 'context':
      return joined(block.elements, names);
    case 'header':
      return { text: block.text.text, notified: [] };
    case 'input':
      return { text: block.label.text, notified: [] };
    default:
      return { text: '', notified: [] };
  }
}

type Run = Extract<Block, { type: 'rich_text' }>['elements'][number]['elements'][number];

/** Rich text is shown as it is; only its elements mean something. */
function showRun(run: Run, names: Names, notified: string[]): string {
  switch (run.type) {
    case 'text':
      return run.style?.code ? `\`${run.text}\`` : run.text;
    case 'user':
      return mention(run.user_id, names.user, notified);
    case 'usergroup':
      return mention(run.usergroup_id, names.group, notified);
    case 'broadcast':
      notified.push(run.range);
      return `@${run.range}`;
    case 'link':
      return run.text ?? run.url;
  }
}

function joined(texts: readonly { type: 'plain_text' | 'mrkdwn'; text: string }[], names: Names): Shown {
  const shown = texts.map(({ type, text }) => (type === 'mrkdwn' ? decode(text, names) : { text, notified: [] }));
  return { text: shown.map(({ text }) => text).join('\n'), notified: shown.flatMap(({ notified }) => notified) };
}
