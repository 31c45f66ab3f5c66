import type { types } from '@slack/bolt';
import type { PostOptions } from '../../port.js';

type Run = types.RichTextElement;
export type Mention = NonNullable<PostOptions['mention']>[number];

/** Rich text shows every character as it is; only these elements mean something. */
export const textRun = (text: string, bold = false): Run => ({
  type: 'text',
  text,
  ...(bold ? { style: { bold: true } } : {}),
});

const CODE = /`([^`\n]{1,200})`/g;

/** `like this` is shown as code, for at most `atMost` of them: each costs room. */
export function runs(text: string, atMost: number): Run[] {
  const found: Run[] = [];
  let from = 0;
  for (const match of [...text.matchAll(CODE)].slice(0, atMost)) {
    if (match.index > from) found.push(textRun(text.slice(from, match.index)));
    found.push({ type: 'text', text: match[1] ?? '', style: { code: true } });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push(textRun(text.slice(from)));
  return found;
}

export function mentionRun({ id, kind }: Mention): Run {
  return kind === 'group' ? { type: 'usergroup', usergroup_id: id } : { type: 'user', user_id: id };
}

export function richText(...elements: Run[]): types.RichTextBlock {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}
