import type { Detail, Intent } from '../view/intent.js';
import type { EventName, ViewNode } from '../view/node.js';
import { detailOf } from './detail.js';

/** What a person wants; true: the browser shall not do what it would do by itself. */
export type Dispatch = (intent: Intent, detail: Detail) => boolean;

interface Mounted {
  view: ViewNode;
  element: Element;
  children: (Mounted | Text)[];
}

const SVG = 'http://www.w3.org/2000/svg';
const EVENTS: readonly EventName[] = ['click', 'input', 'change', 'submit', 'keydown', 'cancel', 'mousedown'];

/**
 * Makes the document show a view, and changes only what differs: an element whose key stays keeps its focus, its
 * selection and its place. Text is only ever text.
 */
export function createRenderer(root: Element, dispatch: Dispatch): (views: readonly ViewNode[]) => void {
  const views = new WeakMap<Element, ViewNode>();
  let mounted: (Mounted | Text)[] = [];

  function heard(event: Event): void {
    const element = event.currentTarget;
    if (!(element instanceof Element)) return;
    const name = EVENTS.find((each) => each === event.type);
    const intent = name && views.get(element)?.on[name];
    if (intent && dispatch(intent, detailOf(event))) event.preventDefault();
  }

  function create(view: ViewNode, inSvg: boolean): Mounted {
    const svg = inSvg || view.tag === 'svg';
    const element = svg ? document.createElementNS(SVG, view.tag) : document.createElement(view.tag);
    for (const name of EVENTS) if (view.on[name]) element.addEventListener(name, heard);
    const bare: ViewNode = { tag: view.tag, attributes: {}, on: view.on, children: [] };
    const fresh: Mounted = { view: bare, element, children: [] };
    update(fresh, view, svg);
    return fresh;
  }

  function update(old: Mounted, view: ViewNode, inSvg: boolean): void {
    if (old.view === view) return;
    setAttributes(old.element, old.view, view);
    for (const name of EVENTS) if (view.on[name] && !old.view.on[name]) old.element.addEventListener(name, heard);
    views.set(old.element, view);
    old.children = replace(old.element, old.children, view.children, inSvg || view.tag === 'svg');
    // A list has its options by now, so its value is among them.
    setContent(old.element, view);
    old.view = view;
  }

  function replace(
    parent: Element,
    before: readonly (Mounted | Text)[],
    wanted: readonly (ViewNode | string)[],
    inSvg: boolean,
  ): (Mounted | Text)[] {
    const reusable = byKey(before);
    const next = wanted.map((child, index) => {
      const old = reusable.get(keyOf(child, index));
      reusable.delete(keyOf(child, index));
      if (typeof child === 'string') return textNode(old, child);
      if (old === undefined || old instanceof Text) return create(child, inSvg);
      update(old, child, inSvg);
      return old;
    });
    for (const gone of reusable.values()) nodeOf(gone).remove();
    place(parent, next.map(nodeOf));
    for (const child of next) if (!(child instanceof Text)) openModal(child);
    return next;
  }

  return (wanted) => {
    mounted = replace(root, mounted, wanted, false);
  };
}

/** Nothing that stays where it is is moved: moving an element would take its focus. */
function place(parent: Element, nodes: readonly Node[]): void {
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

function byKey(children: readonly (Mounted | Text)[]): Map<string, Mounted | Text> {
  return new Map(
    children.map((child, index) => [child instanceof Text ? `#${index}` : keyOf(child.view, index), child]),
  );
}

function keyOf(child: ViewNode | string, index: number): string {
  if (typeof child === 'string') return `#${index}`;
  return child.key === undefined ? `${child.tag}#${index}` : `${child.tag}.${child.key}`;
}

function textNode(old: Mounted | Text | undefined, text: string): Text {
  if (!(old instanceof Text)) return document.createTextNode(text);
  if (old.data !== text) old.data = text;
  return old;
}

function nodeOf(child: Mounted | Text): ChildNode {
  return child instanceof Text ? child : child.element;
}

function setAttributes(element: Element, before: ViewNode, view: ViewNode): void {
  for (const name of Object.keys(before.attributes)) if (!(name in view.attributes)) element.removeAttribute(name);
  for (const [name, value] of Object.entries(view.attributes))
    if (before.attributes[name] !== value) element.setAttribute(name, value);
}

/** What a person is typing is left alone unless it has to be something else. */
function setContent(element: Element, { value, checked }: ViewNode): void {
  const holds =
    element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLOptionElement;
  if (value !== undefined && holds && element.value !== value) element.value = value;
  if (checked !== undefined && element instanceof HTMLInputElement) element.checked = checked;
}

function openModal({ element }: Mounted): void {
  if (element instanceof HTMLDialogElement && !element.open) element.showModal();
}
