import type { StepIcon, Tone } from '../model/message.js';
import { h, type ViewNode } from './node.js';

/** Signs differ in shape, never in colour alone. Each is drawn in a field of 16 by 16. */
type Shape = readonly ViewNode[];

const line = (d: string): ViewNode => h('path', { d, class: 'line' });
const full = (d: string): ViewNode => h('path', { d, class: 'full' });

const CHECK = line('M3.5 8.5l3 3 6-7');
const CROSS = line('M4 4l8 8M12 4l-8 8');
const RING = line('M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z');
const ARC = line('M8 2.5a5.5 5.5 0 1 1-5.5 5.5');
const DIAMOND = 'M8 1.8L14.2 8 8 14.2 1.8 8z';

const TONES: Record<Tone, Shape> = {
  firing: [full('M8 1.5L15 14H1z')],
  attention: [line(DIAMOND), line('M8 5v3.6M8 10.6v.2')],
  waiting: [RING, line('M8 4.8V8l2.2 1.6')],
  running: [ARC],
  good: [CHECK],
  failed: [CROSS],
  neutral: [],
  dry_run: [line('M6.2 2v4.2L2.8 12.6c-.4.8 0 1.4.8 1.4h8.8c.8 0 1.2-.6.8-1.4L9.8 6.2V2M5 2h6')],
};

const STEPS: Record<StepIcon, Shape> = {
  pending: [line('M8 3.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z')],
  gate: [full(DIAMOND)],
  running: [ARC],
  done: [CHECK],
  failed: [CROSS],
  skipped: [line('M3.5 8h9')],
  unknown: [line('M5.4 5.6a2.6 2.6 0 1 1 3.9 2.3c-.9.5-1.3 1-1.3 2M8 12.4v.2')],
  undone: [line('M5.5 3L2.5 6l3 3M2.5 6h6.8a3.4 3.4 0 0 1 0 6.8H6')],
  cancelled: [RING, line('M4.2 4.2l7.6 7.6')],
};

const OTHERS = {
  thread: [line('M2.5 3h11v8h-7L3.5 13.5V11h-1z')],
  close: [CROSS],
  down: [line('M8 3v10M3.5 8.5L8 13l4.5-4.5')],
  back: [line('M13 8H3M7.5 3.5L3 8l4.5 4.5')],
  home: [line('M2 7.5L8 2.5l6 5M4 6.5v7h8v-7')],
  hash: [line('M6 2.5l-1.5 11M11.5 2.5L10 13.5M2.5 5.5h11M2 10.5h11')],
  menu: [line('M2 4h12M2 8h12M2 12h12')],
  send: [line('M2.5 8h10M8 3.5L12.5 8 8 12.5')],
  form: [line('M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3')],
  lock: [line('M4 7h8v6.5H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2')],
} satisfies Record<string, Shape>;

export function toneIcon(tone: Tone): ViewNode {
  return svg(TONES[tone], tone === 'running' ? 'icon turning' : 'icon');
}

export function stepIcon(icon: StepIcon): ViewNode {
  return svg(STEPS[icon], icon === 'running' ? 'icon turning' : 'icon');
}

export function icon(name: keyof typeof OTHERS): ViewNode {
  return svg(OTHERS[name], 'icon');
}

/** The words beside it say the same. */
function svg(shapes: Shape, name: string): ViewNode {
  return h('svg', { class: name, viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' }, ...shapes);
}
