import type { Intent } from './intent.js';

/** What the browser shall show, as plain data: views are pure, and tests look at this. */
export interface ViewNode {
  tag: string;
  /** Among its siblings: the same key is the same element, which keeps its focus and its place. */
  key?: string;
  attributes: Readonly<Record<string, string>>;
  /** Of a field or a box: what it holds. */
  value?: string;
  checked?: boolean;
  /** By event: what its person wants. */
  on: Readonly<Partial<Record<EventName, Intent>>>;
  children: readonly (ViewNode | string)[];
}

export type EventName = 'click' | 'input' | 'change' | 'submit' | 'keydown' | 'cancel' | 'mousedown';

export interface Properties {
  key?: string;
  class?: string | undefined;
  value?: string;
  checked?: boolean;
  on?: ViewNode['on'];
  [attribute: string]: string | number | boolean | undefined | ViewNode['on'];
}

type Child = ViewNode | string | false | undefined;

/** An element. Attributes that are false or undefined are left out; true ones are there without a value. */
export function h(tag: string, { key, value, checked, on, ...rest }: Properties = {}, ...children: Child[]): ViewNode {
  const attributes: Record<string, string> = {};
  for (const [name, given] of Object.entries(rest)) {
    if (typeof given === 'object' || given === undefined || given === false) continue;
    attributes[name] = given === true ? '' : String(given);
  }
  return {
    tag,
    ...(key === undefined ? {} : { key }),
    attributes,
    ...(value === undefined ? {} : { value }),
    ...(checked === undefined ? {} : { checked }),
    on: on ?? {},
    children: children.filter((child) => child !== false && child !== undefined),
  };
}

/** Seen by none, read by screen readers. */
export function spoken(text: string): ViewNode {
  return h('span', { class: 'spoken' }, text);
}
